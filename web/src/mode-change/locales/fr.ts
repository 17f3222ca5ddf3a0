import type { Texts } from "../texts";

export const fr: Texts = {
  add_audio: "Ajouter la voix",
  add_video: "Ajouter la vidéo",
  asks_audio: "L’autre personne aimerait parler avec toi.",
  asks_video: "L’autre personne aimerait que vous puissiez vous voir.",
  asked_audio: "Tu as demandé à parler. Personne ne t’entend tant que l’autre personne n’a pas accepté.",
  asked_video: "Tu as demandé la vidéo. Personne ne te voit tant que l’autre personne n’a pas accepté.",
  not_now: "Pas maintenant",
  take_back: "Annuler la demande",
  now_audio: "Vous pouvez parler maintenant.",
  now_video: "La vidéo est activée pour vous deux.",
  declined_text: "L’autre personne préfère écrire.",
  declined_audio: "L’autre personne préfère seulement parler.",
  back_text: "L’autre personne est revenue au texte.",
  back_audio: "L’autre personne est revenue à la voix.",
};
