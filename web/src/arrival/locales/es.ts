import type { Texts } from "../texts";

export const es: Texts = {
  title: "Cuando llegue alguien",
  sound: "Sonido",
  sound_off: "Nunca",
  sound_elsewhere: "Cuando esté en otra cosa",
  sound_always: "Siempre",
  sound_test: "Reproducir el sonido",
  sound_hint:
    "Un sonido breve cuando encuentras a alguien. En otra cosa significa en otra pestaña u otro programa.",
  notify: "Mostrar una notificación",
  notify_hint: "Solo cuando estás en otra cosa. No dice nada de la otra persona.",
  notify_blocked:
    "Tu navegador bloquea las notificaciones de {site}. Permítelas junto a la barra de direcciones.",
  somebody: "Ha llegado alguien.",
  offer: "Avísame cuando llegue alguien",
  offered: "Recibirás una notificación cuando llegue alguien y estés en otra cosa.",
  speaker_test: "Probar el altavoz",
};
