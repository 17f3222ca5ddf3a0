import type { MyPictureTexts } from "../texts";

export const pt: MyPictureTexts = {
  blur: "Desfocar meu fundo",
  blur_hint: "É o seu aparelho que faz isso. Se ele não conseguir, sua câmera é desligada.",
  no_blur: "Sua câmera está desligada",
  no_blur_slow: "Este aparelho está lento demais agora para desfocar o seu fundo.",
  no_blur_failed: "Não foi possível desfocar o seu fundo.",
  show_unblurred: "Me mostrar sem desfoque",
  keep_off: "Deixar desligada",
  echo: "Cancelamento de eco",
  noise: "Redução de ruído",
  sound_hint: "Bom para conversar. Para música, desative as duas e use fones de ouvido.",
  camera_move: "Dar zoom e mover a câmera",
  camera_move_hint: "Seu navegador pode perguntar se {site} pode mover sua câmera.",
  camera_still: "Esta câmera não tem zoom nem movimento.",
  zoom: "Zoom",
  pan: "Esquerda e direita",
  tilt: "Para cima e para baixo",
  self_hide: "Ocultar minha imagem",
  self_show: "Mostrar minha imagem",
  self_move: "Mover minha imagem",
};
