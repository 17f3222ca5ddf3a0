// Shows in the settings how the picture check stands, even before it is loaded.

import type { CheckState } from "../core/check-policy";
import type { PageTranslator } from "../language/texts";
import { byId, setText } from "./dom";

export function showCheckStatus(state: CheckState, translator: PageTranslator): void {
  setText(byId("check-state"), state === "idle" ? undefined : translator.text(`check_${state}`));
}
