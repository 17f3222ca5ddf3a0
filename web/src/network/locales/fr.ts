import type { Texts } from "../texts";

export const fr: Texts = {
  direct: "Ton réseau devrait laisser passer les appels directs.",
  relayed: "Ton réseau semble avoir besoin d’un serveur relais. Ce site en a un.",
  blocked:
    "Ton réseau semble bloquer les appels directs, et ce site n’a pas de serveur relais. Le texte fonctionne.",
};
