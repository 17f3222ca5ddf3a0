// The words of the stage in all languages. They are loaded with it.

import type { Locale } from "../../language/locale";

export interface StageWords {
  i_show: string;
  they_show: string;
  applause: string;
  what_now: string;
  again: string;
  change: string;
  enough: string;
  they_again: string;
  they_change: string;
  waiting: string;
}

export const STAGE_WORDS: Record<Locale, StageWords> = {
  en: {
    i_show: "The stage is yours.",
    they_show: "The stranger is on the stage.",
    applause: "Applause",
    what_now: "And now?",
    again: "Again",
    change: "Change places",
    enough: "Enough",
    they_again: "The stranger would like to go on.",
    they_change: "The stranger would like to change places.",
    waiting: "Waiting for the stranger…",
  },
  de: {
    i_show: "Die Bühne gehört dir.",
    they_show: "Dein Gegenüber steht auf der Bühne.",
    applause: "Applaus",
    what_now: "Und jetzt?",
    again: "Noch einmal",
    change: "Plätze tauschen",
    enough: "Genug",
    they_again: "Dein Gegenüber möchte weitermachen.",
    they_change: "Dein Gegenüber möchte die Plätze tauschen.",
    waiting: "Warte auf dein Gegenüber …",
  },
  es: {
    i_show: "El escenario es tuyo.",
    they_show: "La otra persona está en el escenario.",
    applause: "Aplaudir",
    what_now: "¿Y ahora?",
    again: "Otra vez",
    change: "Cambiar los papeles",
    enough: "Ya basta",
    they_again: "La otra persona quiere seguir.",
    they_change: "La otra persona quiere cambiar los papeles.",
    waiting: "Esperando a la otra persona…",
  },
  fr: {
    i_show: "La scène est à toi.",
    they_show: "L’autre personne est sur scène.",
    applause: "Applaudir",
    what_now: "Et maintenant\u00a0?",
    again: "Encore",
    change: "Changer de place",
    enough: "Ça suffit",
    they_again: "L’autre personne aimerait continuer.",
    they_change: "L’autre personne aimerait changer de place.",
    waiting: "En attente de l’autre personne…",
  },
  pt: {
    i_show: "O palco é seu.",
    they_show: "A outra pessoa está no palco.",
    applause: "Aplaudir",
    what_now: "E agora?",
    again: "De novo",
    change: "Trocar de lugar",
    enough: "Chega",
    they_again: "A outra pessoa quer continuar.",
    they_change: "A outra pessoa quer trocar de lugar.",
    waiting: "Esperando a outra pessoa…",
  },
  ru: {
    i_show: "Сцена твоя.",
    they_show: "На сцене собеседник.",
    applause: "Аплодисменты",
    what_now: "Что теперь?",
    again: "Ещё раз",
    change: "Поменяться местами",
    enough: "Хватит",
    they_again: "Собеседник хочет продолжить.",
    they_change: "Собеседник хочет поменяться местами.",
    waiting: "Ждём собеседника…",
  },
  tr: {
    i_show: "Sahne senin.",
    they_show: "Sahnede karşındaki var.",
    applause: "Alkış",
    what_now: "Peki şimdi?",
    again: "Bir daha",
    change: "Yer değiştir",
    enough: "Yeter",
    they_again: "Karşındaki devam etmek istiyor.",
    they_change: "Karşındaki yer değiştirmek istiyor.",
    waiting: "Karşındaki bekleniyor…",
  },
  ar: {
    i_show: "المسرح لك.",
    they_show: "الشخص الآخر على المسرح.",
    applause: "تصفيق",
    what_now: "وماذا الآن؟",
    again: "مرة أخرى",
    change: "تبادل الأدوار",
    enough: "يكفي",
    they_again: "يود الشخص الآخر أن يواصل.",
    they_change: "يود الشخص الآخر تبادل الأدوار.",
    waiting: "في انتظار الشخص الآخر…",
  },
};
