import type { Texts } from "../texts";

export const pt: Texts = {
  call_time: "Tempo desta chamada",
  you_are_muted: "Seu microfone está desligado.",
  my_network: "Sua conexão está fraca. Chegue mais perto do roteador ou use um cabo.",
  their_network: "A conexão da outra pessoa está fraca.",
  network: "A conexão entre vocês está fraca. Pode ser de qualquer um dos lados.",
  my_device: "Seu dispositivo está sobrecarregado. Feche outros programas ou abas.",
  their_device: "O dispositivo da outra pessoa está sobrecarregado.",
};
