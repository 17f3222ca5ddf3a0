// What the page of a pool says, in all languages. It is loaded there alone.

import type { Locale } from "../language/locale";

export interface PoolTexts {
  /** With `when`, and `left` until then. */
  opens: string;
  /** Open until `when`. */
  closes: string;
  over: string;
  calendar: string;
  interests: string;
  age: string;
  everybody: string;
  pool_unknown: string;
  pool_closed: string;
  pool_age: string;
  front: string;
}

export const POOL_TEXTS: Record<Locale, PoolTexts> = {
  en: {
    opens: "Closed now. Opens {when} ({left}).",
    closes: "Open until {when}.",
    over: "This is over.",
    calendar: "Add to my calendar",
    interests: "Topics here",
    age: "For people aged {age} or over.",
    everybody: "Meet anyone instead",
    pool_unknown: "There is nothing at this address. It may be misspelt, or over.",
    pool_closed: "This has just closed, so nobody new can be met here.",
    pool_age: "You cannot join here, because your age has not been confirmed.",
    front: "Go to the front page",
  },
  de: {
    opens: "Gerade geschlossen. Öffnet {when} ({left}).",
    closes: "Geöffnet bis {when}.",
    over: "Das ist vorbei.",
    calendar: "In meinen Kalender",
    interests: "Themen hier",
    age: "Ab {age} Jahren.",
    everybody: "Lieber irgendwen treffen",
    pool_unknown:
      "Unter dieser Adresse gibt es nichts. Vielleicht ist sie falsch geschrieben, oder es ist vorbei.",
    pool_closed: "Hier ist gerade Schluss, du triffst hier niemand Neues mehr.",
    pool_age: "Du kannst hier nicht mitmachen, weil dein Alter nicht bestätigt ist.",
    front: "Zur Startseite",
  },
  es: {
    opens: "Cerrado ahora. Abre {when} ({left}).",
    closes: "Abierto hasta {when}.",
    over: "Esto ha terminado.",
    calendar: "Añadir a mi calendario",
    interests: "Temas de aquí",
    age: "Para mayores de {age} años.",
    everybody: "Conocer a cualquiera",
    pool_unknown: "No hay nada en esta dirección. Quizá esté mal escrita o ya haya terminado.",
    pool_closed: "Acaba de cerrar, así que aquí ya no puedes conocer a nadie nuevo.",
    pool_age: "No puedes entrar aquí porque tu edad no está confirmada.",
    front: "Ir a la página principal",
  },
  fr: {
    opens: "Fermé pour l’instant. Ouvre {when} ({left}).",
    closes: "Ouvert jusqu’à {when}.",
    over: "C’est terminé.",
    calendar: "Ajouter à mon agenda",
    interests: "Les sujets ici",
    age: "À partir de {age} ans.",
    everybody: "Rencontrer n’importe qui",
    pool_unknown: "Il n’y a rien à cette adresse. Elle est peut-être mal écrite, ou c’est terminé.",
    pool_closed: "C’est fermé à présent, tu ne peux plus rencontrer personne ici.",
    pool_age: "Tu ne peux pas entrer ici, car ton âge n’est pas confirmé.",
    front: "Aller à l’accueil",
  },
  pt: {
    opens: "Fechado agora. Abre {when} ({left}).",
    closes: "Aberto até {when}.",
    over: "Isto já acabou.",
    calendar: "Adicionar à minha agenda",
    interests: "Assuntos daqui",
    age: "Para maiores de {age} anos.",
    everybody: "Conhecer qualquer pessoa",
    pool_unknown: "Não há nada neste endereço. Talvez esteja errado ou já tenha acabado.",
    pool_closed: "Acabou de fechar, então não dá mais para conhecer gente nova aqui.",
    pool_age: "Você não pode entrar aqui porque sua idade não foi confirmada.",
    front: "Ir para a página inicial",
  },
  ru: {
    opens: "Сейчас закрыто. Откроется {when} ({left}).",
    closes: "Открыто до {when}.",
    over: "Это уже закончилось.",
    calendar: "Добавить в календарь",
    interests: "Темы здесь",
    age: "Для тех, кому уже исполнилось {age}.",
    everybody: "Встретить кого угодно",
    pool_unknown: "По этому адресу ничего нет. Возможно, в нём ошибка или всё уже закончилось.",
    pool_closed: "Здесь только что закрылось, новых собеседников больше не будет.",
    pool_age: "Сюда нельзя войти: твой возраст не подтверждён.",
    front: "На главную страницу",
  },
  tr: {
    opens: "Şu anda kapalı. Açılış: {when} ({left}).",
    closes: "Kapanış: {when}.",
    over: "Bu sona erdi.",
    calendar: "Takvimime ekle",
    interests: "Buradaki konular",
    age: "{age} yaş ve üzeri için.",
    everybody: "Herhangi biriyle tanış",
    pool_unknown: "Bu adreste bir şey yok. Yanlış yazılmış ya da sona ermiş olabilir.",
    pool_closed: "Burası az önce kapandı, artık yeni biriyle tanışılamaz.",
    pool_age: "Yaşın doğrulanmadığı için buraya katılamazsın.",
    front: "Ana sayfaya git",
  },
  ar: {
    opens: "مغلق الآن. يفتح {when} ({left}).",
    closes: "مفتوح حتى {when}.",
    over: "انتهى هذا.",
    calendar: "أضف إلى تقويمي",
    interests: "مواضيع هنا",
    age: "لمن بلغ {age} عامًا أو أكثر.",
    everybody: "قابل أي شخص بدلًا من ذلك",
    pool_unknown: "لا يوجد شيء على هذا العنوان. ربما كُتب خطأً أو انتهى.",
    pool_closed: "أُغلق هذا قبل قليل، فلن تقابل أحدًا جديدًا هنا.",
    pool_age: "لا يمكنك الدخول هنا لأن عمرك غير مؤكد.",
    front: "إلى الصفحة الرئيسية",
  },
};
