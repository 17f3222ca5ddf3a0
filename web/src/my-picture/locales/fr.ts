import type { MyPictureTexts } from "../texts";

export const fr: MyPictureTexts = {
  blur: "Flouter mon arrière-plan",
  blur_hint: "C’est ton appareil qui le fait. S’il n’y arrive pas, ta caméra s’éteint.",
  no_blur: "Ta caméra est éteinte",
  no_blur_slow: "Cet appareil est trop lent en ce moment pour flouter ton arrière-plan.",
  no_blur_failed: "Ton arrière-plan n’a pas pu être flouté.",
  show_unblurred: "Me montrer sans flou",
  keep_off: "La laisser éteinte",
  echo: "Suppression de l’écho",
  noise: "Réduction du bruit",
  sound_hint: "Bien pour parler. Pour la musique, désactive les deux et mets un casque.",
  camera_move: "Zoomer et orienter la caméra",
  camera_move_hint: "Ton navigateur peut demander si {site} a le droit d’orienter ta caméra.",
  camera_still: "Cette caméra ne peut ni zoomer ni bouger.",
  zoom: "Zoom",
  pan: "Gauche et droite",
  tilt: "Haut et bas",
  self_hide: "Masquer mon image",
  self_show: "Afficher mon image",
  self_move: "Déplacer mon image",
};
