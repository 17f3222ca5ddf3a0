import type { WaitingTexts } from "../texts";

export const fr: WaitingTexts = {
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
};
