// Rock, paper, scissors, as it stands in the menu.

import type { GameRecord } from "../../core/together/game-record";
import type { Activity } from "../activities";
import { KeptForMatch } from "../kept-for-match";

const kept = new KeptForMatch<GameRecord>();

export const ROCK_PAPER_SCISSORS: Activity = {
  name: "hands",
  modes: ["video", "audio"],
  words: {
    en: { title: "Rock, paper, scissors", asks: "The stranger would like to play rock, paper, scissors." },
    de: { title: "Schere, Stein, Papier", asks: "Dein Gegenüber möchte „Schere, Stein, Papier“ spielen." },
    es: { title: "Piedra, papel o tijera", asks: "La otra persona quiere jugar a piedra, papel o tijera." },
    fr: {
      title: "Pierre, feuille, ciseaux",
      asks: "L’autre personne voudrait jouer à pierre, feuille, ciseaux.",
    },
    pt: { title: "Pedra, papel e tesoura", asks: "A outra pessoa quer jogar pedra, papel e tesoura." },
    ru: { title: "Камень, ножницы, бумага", asks: "Собеседник хочет сыграть в «Камень, ножницы, бумага»." },
    tr: { title: "Taş, kâğıt, makas", asks: "Karşındaki kişi taş, kâğıt, makas oynamak istiyor." },
    ar: { title: "حجر ورقة مقص", asks: "يرغب الشخص الآخر في لعب «حجر ورقة مقص»." },
  },
  load: async (locale) => {
    const [{ HandsView }, { gameTranslator }] = await Promise.all([
      import("./hands-view"),
      import("./words"),
    ]);
    const words = await gameTranslator(locale);
    return (panel, context) => new HandsView(panel, context, words, kept);
  },
};
