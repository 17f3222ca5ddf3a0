import type { Texts } from "../texts";

export const fr: Texts = {
  call_time: "Durée de l’appel",
  you_are_muted: "Ton micro est coupé.",
  my_network: "Ta connexion est faible. Rapproche-toi de ta box ou utilise un câble.",
  their_network: "La connexion de l’autre personne est faible.",
  network: "La connexion entre vous est faible. Cela peut venir de l’un ou de l’autre.",
  my_device: "Ton appareil est surchargé. Ferme d’autres programmes ou onglets.",
  their_device: "L’appareil de l’autre personne est surchargé.",
};
