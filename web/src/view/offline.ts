// Says that there is no connection, for as long as there is none.

import type { Words } from "../language/i18n";
import { byId, say } from "./dom";

export function watchOffline(words: Words): void {
  const show = () => say(byId("offline"), navigator.onLine ? undefined : words.text("offline"));
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
