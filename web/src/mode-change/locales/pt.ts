import type { Texts } from "../texts";

export const pt: Texts = {
  add_audio: "Adicionar voz",
  add_video: "Adicionar vídeo",
  asks_audio: "A outra pessoa gostaria de conversar por voz com você.",
  asks_video: "A outra pessoa gostaria que vocês se vissem.",
  asked_audio: "Você pediu para conversar por voz. Ninguém vai ouvir você até a outra pessoa aceitar.",
  asked_video: "Você pediu vídeo. Ninguém vai ver você até a outra pessoa aceitar.",
  not_now: "Agora não",
  take_back: "Retirar o pedido",
  now_audio: "Vocês já podem conversar por voz.",
  now_video: "O vídeo está ligado para vocês dois.",
  declined_text: "A outra pessoa prefere escrever.",
  declined_audio: "A outra pessoa prefere só conversar por voz.",
  back_text: "A outra pessoa voltou ao texto.",
  back_audio: "A outra pessoa voltou à voz.",
};
