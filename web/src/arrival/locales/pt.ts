import type { Texts } from "../texts";

export const pt: Texts = {
  title: "Quando alguém chegar",
  sound: "Som",
  sound_off: "Nunca",
  sound_elsewhere: "Quando eu estiver em outro lugar",
  sound_always: "Sempre",
  sound_test: "Tocar o som",
  sound_hint: "Um som curto quando você encontra alguém. Em outro lugar quer dizer em outra aba ou programa.",
  notify: "Mostrar uma notificação",
  notify_hint: "Só quando você está em outro lugar. Não diz nada sobre a outra pessoa.",
  notify_blocked: "Seu navegador bloqueia as notificações de {site}. Permita ao lado da barra de endereço.",
  somebody: "Chegou alguém.",
  offer: "Me avise quando alguém chegar",
  offered: "Você vai receber uma notificação quando alguém chegar e você estiver em outro lugar.",
  speaker_test: "Testar o alto-falante",
};
