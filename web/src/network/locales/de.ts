import type { Texts } from "../texts";

export const de: Texts = {
  direct: "Dein Netz lässt direkte Gespräche wohl durch.",
  relayed: "Dein Netz braucht anscheinend einen Relay-Server. Diese Seite hat einen.",
  blocked:
    "Dein Netz blockiert anscheinend direkte Gespräche, und diese Seite hat keinen Relay-Server. Text geht.",
};
