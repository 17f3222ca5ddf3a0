// Drawing together, as it stands in the menu.

import type { SharedDrawing } from "../../core/together/shared-drawing";
import type { Activity } from "../activities";
import { KeptForMatch } from "../kept-for-match";

const kept = new KeptForMatch<SharedDrawing>();

export const DRAWING: Activity = {
  name: "draw",
  modes: ["video", "audio"],
  words: {
    en: { title: "Draw together", asks: "The stranger would like to draw with you." },
    de: { title: "Zusammen zeichnen", asks: "Dein Gegenüber möchte mit dir zeichnen." },
    es: { title: "Dibujar juntos", asks: "La otra persona quiere dibujar contigo." },
    fr: { title: "Dessiner ensemble", asks: "L’autre personne voudrait dessiner avec toi." },
    pt: { title: "Desenhar juntos", asks: "A outra pessoa quer desenhar com você." },
    ru: { title: "Рисовать вместе", asks: "Собеседник хочет порисовать с тобой." },
    tr: { title: "Birlikte çizin", asks: "Karşındaki kişi seninle çizim yapmak istiyor." },
    ar: { title: "الرسم معًا", asks: "يرغب الشخص الآخر في الرسم معك." },
  },
  load: async (locale) => {
    const [{ DrawingView }, { drawingTranslator }] = await Promise.all([
      import("./drawing-view"),
      import("./words"),
    ]);
    const words = await drawingTranslator(locale);
    return (panel, context) => new DrawingView(panel, context, words, kept);
  },
};
