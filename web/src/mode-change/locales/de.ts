import type { Texts } from "../texts";

export const de: Texts = {
  add_audio: "Audio hinzufügen",
  add_video: "Video hinzufügen",
  asks_audio: "Dein Gegenüber möchte mit dir sprechen.",
  asks_video: "Dein Gegenüber möchte, dass ihr euch seht.",
  asked_audio: "Du hast gefragt, ob ihr sprechen wollt. Niemand hört dich, bis dein Gegenüber zustimmt.",
  asked_video: "Du hast nach Video gefragt. Niemand sieht dich, bis dein Gegenüber zustimmt.",
  not_now: "Jetzt nicht",
  take_back: "Zurückziehen",
  now_audio: "Ihr könnt jetzt sprechen.",
  now_video: "Das Video ist jetzt bei euch beiden an.",
  declined_text: "Dein Gegenüber möchte lieber schreiben.",
  declined_audio: "Dein Gegenüber möchte lieber nur sprechen.",
  back_text: "Dein Gegenüber ist zu Text zurückgekehrt.",
  back_audio: "Dein Gegenüber ist zu Audio zurückgekehrt.",
};
