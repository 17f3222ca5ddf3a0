import type { Texts } from "../texts";

export const es: Texts = {
  direct: "Tu red debería permitir llamadas directas.",
  relayed: "Parece que tu red necesita un servidor intermedio. Este sitio tiene uno.",
  blocked:
    "Parece que tu red bloquea las llamadas directas, y este sitio no tiene servidor intermedio. El texto funciona.",
};
