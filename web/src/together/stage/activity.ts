// The stage as an activity: its names, and how it is loaded.

import type { Activity } from "../activities";

export const STAGE: Activity = {
  name: "stage",
  modes: ["video", "audio"],
  size: "small",
  words: {
    en: { title: "Go on stage for 30 seconds", asks: "The stranger would like to show you something." },
    de: { title: "30 Sekunden auf die Bühne", asks: "Dein Gegenüber möchte dir etwas zeigen." },
    es: { title: "Subir al escenario 30 segundos", asks: "La otra persona quiere enseñarte algo." },
    fr: {
      title: "Monter sur scène 30 secondes",
      asks: "L’autre personne aimerait te montrer quelque chose.",
    },
    pt: { title: "Subir ao palco por 30 segundos", asks: "A outra pessoa quer mostrar algo a você." },
    ru: { title: "Выйти на сцену на 30 секунд", asks: "Собеседник хочет тебе что-то показать." },
    tr: { title: "30 saniye sahneye çık", asks: "Karşındaki sana bir şey göstermek istiyor." },
    ar: { title: "الصعود إلى المسرح 30 ثانية", asks: "يود الشخص الآخر أن يريك شيئًا." },
  },
  load: async () => (await import("./stage")).openStage,
};
