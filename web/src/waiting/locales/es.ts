import type { WaitingTexts } from "../texts";

export const es: WaitingTexts = {
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
};
