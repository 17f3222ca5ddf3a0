// What is said during a search that lasts, in all languages of the page. It is loaded for such a search alone.

import type { Locale } from "../language/locale";

export type WaitingKey =
  | "title"
  | "usual"
  | "there"
  | "change"
  | "dice"
  | "rolled"
  | "double"
  | "doubles"
  | "began_one"
  | "began_other";

/** Some languages have more plural forms. */
export type WaitingTexts = Record<WaitingKey, string> &
  Partial<Record<`began_${"two" | "few" | "many"}`, string>>;

export const WAITING_TEXTS: Record<Locale, WaitingTexts> = {
  en: {
    title: "While you wait",
    began_one: "{count} conversation began here in the last hour.",
    began_other: "{count} conversations began here in the last hour.",
    usual: "The usual wait was {time}.",
    there: "People in {mode} right now: {count}",
    change: "Search in {mode}",
    dice: "Roll the dice",
    rolled: "{one} and {other}",
    double: "{one} and {other}: a double!",
    doubles: "Doubles: {doubles} of {rolls}. Chance says one in six.",
  },
  de: {
    title: "Während du wartest",
    began_one: "In der letzten Stunde hat hier {count} Gespräch begonnen.",
    began_other: "In der letzten Stunde haben hier {count} Gespräche begonnen.",
    usual: "Die übliche Wartezeit war {time}.",
    there: "Gerade in {mode}: {count}",
    change: "In {mode} suchen",
    dice: "Würfeln",
    rolled: "{one} und {other}",
    double: "{one} und {other}: ein Pasch!",
    doubles: "Pasche: {doubles} von {rolls}. Der Zufall sagt: einer von sechs.",
  },
  es: {
    title: "Mientras esperas",
    began_one: "En la última hora empezó aquí {count} conversación.",
    began_other: "En la última hora empezaron aquí {count} conversaciones.",
    usual: "La espera habitual fue de {time}.",
    there: "Personas ahora en {mode}: {count}",
    change: "Buscar en {mode}",
    dice: "Tirar los dados",
    rolled: "{one} y {other}",
    double: "{one} y {other}: ¡dobles!",
    doubles: "Dobles: {doubles} de {rolls}. Lo normal es uno de cada seis.",
  },
  fr: {
    title: "En attendant",
    began_one: "{count} conversation a commencé ici dans la dernière heure.",
    began_other: "{count} conversations ont commencé ici dans la dernière heure.",
    usual: "L’attente habituelle était de {time}.",
    there: "En ce moment en {mode} : {count}",
    change: "Chercher en {mode}",
    dice: "Lancer les dés",
    rolled: "{one} et {other}",
    double: "{one} et {other} : un double !",
    doubles: "Doubles : {doubles} sur {rolls}. Le hasard en donne un sur six.",
  },
  pt: {
    title: "Enquanto espera",
    began_one: "Na última hora começou aqui {count} conversa.",
    began_other: "Na última hora começaram aqui {count} conversas.",
    usual: "A espera habitual foi de {time}.",
    there: "Pessoas agora em {mode}: {count}",
    change: "Procurar em {mode}",
    dice: "Lançar os dados",
    rolled: "{one} e {other}",
    double: "{one} e {other}: um par!",
    doubles: "Pares: {doubles} em {rolls}. O acaso dá um em cada seis.",
  },
  ru: {
    title: "Пока вы ждёте",
    began_one: "За последний час здесь начался {count} разговор.",
    began_few: "За последний час здесь начались {count} разговора.",
    began_many: "За последний час здесь начались {count} разговоров.",
    began_other: "За последний час здесь началось разговоров: {count}.",
    usual: "Обычное ожидание: {time}.",
    there: "Сейчас в режиме «{mode}»: {count}",
    change: "Искать в режиме «{mode}»",
    dice: "Бросить кости",
    rolled: "{one} и {other}",
    double: "{one} и {other}: дубль!",
    doubles: "Дублей: {doubles} из {rolls}. По теории — один из шести.",
  },
  tr: {
    title: "Beklerken",
    began_one: "Son bir saatte burada {count} sohbet başladı.",
    began_other: "Son bir saatte burada {count} sohbet başladı.",
    usual: "Bekleme genelde {time} sürdü.",
    there: "Şu anda {mode} sohbette: {count}",
    change: "{mode} ara",
    dice: "Zar at",
    rolled: "{one} ve {other}",
    double: "{one} ve {other}: çift!",
    doubles: "Çift: {rolls} atışta {doubles}. Şans altıda bir der.",
  },
  ar: {
    title: "في أثناء الانتظار",
    began_one: "بدأت هنا محادثة واحدة في الساعة الأخيرة.",
    began_two: "بدأت هنا محادثتان في الساعة الأخيرة.",
    began_few: "بدأت هنا {count} محادثات في الساعة الأخيرة.",
    began_many: "بدأت هنا {count} محادثة في الساعة الأخيرة.",
    began_other: "بدأت هنا {count} محادثة في الساعة الأخيرة.",
    usual: "كان الانتظار المعتاد {time}.",
    there: "الآن في {mode}: {count}",
    change: "ابحث في {mode}",
    dice: "ارمِ النرد",
    rolled: "{one} و{other}",
    double: "{one} و{other}: زوج متطابق!",
    doubles: "الأزواج: {doubles} من {rolls}. الصدفة تقول: واحد من ستة.",
  },
};
