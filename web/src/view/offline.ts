// Says that there is no connection, while that is so.

import type { PageTranslator } from "../language/texts";
import { byId, setText } from "./dom";

export function watchOffline(translator: PageTranslator): void {
  const show = () => setText(byId("offline"), navigator.onLine ? undefined : translator.text("offline"));
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
