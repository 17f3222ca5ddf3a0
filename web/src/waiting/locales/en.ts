import type { WaitingTexts } from "../texts";

export const en: WaitingTexts = {
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
};
