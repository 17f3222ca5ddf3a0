import type { Texts } from "../texts";

export const de: Texts = {
  title: "Wenn jemand kommt",
  sound: "Ton",
  sound_off: "Nie",
  sound_elsewhere: "Wenn ich woanders bin",
  sound_always: "Immer",
  sound_test: "Ton abspielen",
  sound_hint: "Ein kurzer Ton, wenn du jemanden triffst. Woanders heißt: in einem anderen Tab oder Programm.",
  notify: "Benachrichtigung zeigen",
  notify_hint: "Nur wenn du woanders bist. Über dein Gegenüber steht nichts darin.",
  notify_blocked: "Dein Browser blockiert Benachrichtigungen von {site}. Erlaube sie neben der Adressleiste.",
  somebody: "Jemand ist da.",
  offer: "Sag mir Bescheid, wenn jemand kommt",
  offered: "Du bekommst eine Benachrichtigung, wenn jemand kommt, während du woanders bist.",
  speaker_test: "Lautsprecher testen",
};
