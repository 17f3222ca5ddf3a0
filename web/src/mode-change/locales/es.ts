import type { Texts } from "../texts";

export const es: Texts = {
  add_audio: "Añadir voz",
  add_video: "Añadir vídeo",
  asks_audio: "A la otra persona le gustaría hablar contigo.",
  asks_video: "A la otra persona le gustaría que os vierais.",
  asked_audio: "Has pedido hablar. Nadie te oirá hasta que la otra persona acepte.",
  asked_video: "Has pedido vídeo. Nadie te verá hasta que la otra persona acepte.",
  not_now: "Ahora no",
  take_back: "Retirar",
  now_audio: "Ya podéis hablar.",
  now_video: "El vídeo está activado para los dos.",
  declined_text: "La otra persona prefiere escribir.",
  declined_audio: "La otra persona prefiere solo hablar.",
  back_text: "La otra persona ha vuelto al texto.",
  back_audio: "La otra persona ha vuelto a la voz.",
};
