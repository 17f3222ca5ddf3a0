// The settings say how the check of pictures stands, also before it is loaded.

import type { CheckState } from "../core/check";
import type { Words } from "../language/i18n";
import { byId, say } from "./dom";

export function sayCheckState(state: CheckState, words: Words): void {
  say(byId("check-state"), state === "idle" ? undefined : words.text(`check_${state}`));
}
