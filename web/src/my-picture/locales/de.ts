import type { MyPictureTexts } from "../texts";

export const de: MyPictureTexts = {
  blur: "Meinen Hintergrund unscharf machen",
  blur_hint: "Das macht dein Gerät. Wenn es das nicht kann, geht deine Kamera aus.",
  no_blur: "Deine Kamera ist aus",
  no_blur_slow: "Dieses Gerät ist gerade zu langsam, um deinen Hintergrund unscharf zu machen.",
  no_blur_failed: "Dein Hintergrund konnte nicht unscharf gemacht werden.",
  show_unblurred: "Zeig mich ohne Unschärfe",
  keep_off: "Aus lassen",
  echo: "Echo unterdrücken",
  noise: "Störgeräusche unterdrücken",
  sound_hint: "Gut zum Reden. Für Musik schalte beides aus und nimm Kopfhörer.",
  camera_move: "Kamera zoomen und bewegen",
  camera_move_hint: "Dein Browser fragt vielleicht, ob {site} deine Kamera bewegen darf.",
  camera_still: "Diese Kamera kann nicht zoomen und sich nicht bewegen.",
  zoom: "Zoom",
  pan: "Links und rechts",
  tilt: "Hoch und runter",
  self_hide: "Mein Bild ausblenden",
  self_show: "Mein Bild einblenden",
  self_move: "Mein Bild verschieben",
};
