// Four in a row, as it stands in the menu.

import type { GameRecord } from "../../core/together/game-record";
import type { Activity } from "../activities";
import { KeptForMatch } from "../kept-for-match";

const kept = new KeptForMatch<GameRecord>();

export const FOUR_IN_A_ROW: Activity = {
  name: "four",
  modes: ["video", "audio"],
  words: {
    en: { title: "Four in a row", asks: "The stranger would like to play four in a row." },
    de: { title: "Vier gewinnt", asks: "Dein Gegenüber möchte „Vier gewinnt“ spielen." },
    es: { title: "Cuatro en línea", asks: "La otra persona quiere jugar a cuatro en línea." },
    fr: { title: "Puissance 4", asks: "L’autre personne voudrait jouer à Puissance 4." },
    pt: { title: "Quatro em linha", asks: "A outra pessoa quer jogar quatro em linha." },
    ru: { title: "Четыре в ряд", asks: "Собеседник хочет сыграть в «Четыре в ряд»." },
    tr: { title: "Dörtlü diz", asks: "Karşındaki kişi dörtlü dizme oynamak istiyor." },
    ar: { title: "أربعة في صف", asks: "يرغب الشخص الآخر في لعب «أربعة في صف»." },
  },
  load: async (locale) => {
    const [{ FourView }, { gameTranslator }] = await Promise.all([import("./four-view"), import("./words")]);
    const words = await gameTranslator(locale);
    return (panel, context) => new FourView(panel, context, words, kept);
  },
};
