import type { Texts } from "../texts";

export const de: Texts = {
  call_time: "Dauer des Gesprächs",
  you_are_muted: "Du bist stumm geschaltet.",
  my_network: "Deine Verbindung ist schwach. Geh näher an den Router oder nimm ein Kabel.",
  their_network: "Die Verbindung deines Gegenübers ist schwach.",
  network: "Die Verbindung zwischen euch ist schwach. Es kann an jeder der beiden Seiten liegen.",
  my_device: "Dein Gerät ist ausgelastet. Schließe andere Programme oder Tabs.",
  their_device: "Das Gerät deines Gegenübers ist ausgelastet.",
};
