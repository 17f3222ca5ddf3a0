// Releases camera and microphone when nobody looks at the page, and notices when the visitor allows them.

import type { Dispatch } from "../page-state";
import { watchPermissions } from "./permissions";

/** People look at another tab for a moment and come back. */
export const HIDDEN_MS = 60_000;

export function watchDevices(dispatch: Dispatch): void {
  void watchPermissions((kind) => dispatch({ type: "permitted", kind }));
  let timer: ReturnType<typeof setInterval> | undefined;
  const looked = () => {
    clearInterval(timer);
    // A conversation may end while the page is hidden, so this is said again and again.
    if (document.hidden) timer = setInterval(() => dispatch({ type: "unwatched" }), HIDDEN_MS);
    else dispatch({ type: "watched" });
  };
  document.addEventListener("visibilitychange", looked);
  // Without devices a browser may keep the page, and show it again at once.
  addEventListener("pagehide", () => dispatch({ type: "unwatched" }));
  addEventListener("pageshow", ({ persisted }) => persisted && dispatch({ type: "watched" }));
  if (document.hidden) looked();
}
