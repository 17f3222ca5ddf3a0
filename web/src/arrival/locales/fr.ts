import type { Texts } from "../texts";

export const fr: Texts = {
  title: "Quand quelqu’un arrive",
  sound: "Son",
  sound_off: "Jamais",
  sound_elsewhere: "Quand je suis ailleurs",
  sound_always: "Toujours",
  sound_test: "Écouter le son",
  sound_hint:
    "Un son bref quand tu rencontres quelqu’un. Ailleurs veut dire dans un autre onglet ou programme.",
  notify: "Afficher une notification",
  notify_hint: "Seulement quand tu es ailleurs. Elle ne dit rien de l’autre personne.",
  notify_blocked:
    "Ton navigateur bloque les notifications de {site}. Autorise-les à côté de la barre d’adresse.",
  somebody: "Quelqu’un est là.",
  offer: "Préviens-moi quand quelqu’un arrive",
  offered: "Tu recevras une notification quand quelqu’un arrive pendant que tu es ailleurs.",
  speaker_test: "Tester le haut-parleur",
};
