import type { Texts } from "../texts";

export const tr: Texts = {
  title: "Biri geldiğinde",
  sound: "Ses",
  sound_off: "Hiçbir zaman",
  sound_elsewhere: "Başka yerdeyken",
  sound_always: "Her zaman",
  sound_test: "Sesi çal",
  sound_hint: "Biriyle tanıştığında kısa bir ses. Başka yer: başka bir sekme veya program.",
  notify: "Bildirim göster",
  notify_hint: "Yalnızca başka yerdeyken. Karşındaki hakkında bir şey yazmaz.",
  notify_blocked: "Tarayıcın {site} bildirimlerini engelliyor. Adres çubuğunun yanından izin ver.",
  somebody: "Biri geldi.",
  offer: "Biri gelince haber ver",
  offered: "Sen başka yerdeyken biri gelirse bildirim alacaksın.",
  speaker_test: "Hoparlörü dene",
};
