import type { WaitingTexts } from "../texts";

export const de: WaitingTexts = {
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
};
