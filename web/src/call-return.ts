// Keeps the call of this tab while the page is loaded again, and finds it in the next one.

import type { CallMedia } from "./call-media";
import { keptCall, type Returning, returningTo } from "./core/call/kept-call";
import { type Call, KEPT_CALL } from "./core/call/state";
import type { LocalMedia } from "./devices/local-media";
import { parseObject } from "./storage/json-guards";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Returns the call that the page before this one has kept. No other page gets it. */
export function takeCall(tab: Store): Returning | undefined {
  const stored = parseObject(tab.getItem(KEPT_CALL));
  tab.removeItem(KEPT_CALL);
  return returningTo(stored, Date.now(), performance.now());
}

export interface CallKeeperParts {
  tab: Store;
  media: Pick<LocalMedia, "muted" | "cameraOff">;
  callMedia: Pick<CallMedia, "peer">;
  reload: () => void;
}

export class CallKeeper {
  private call: Call | undefined;
  private kept = false;

  constructor(private readonly parts: CallKeeperParts) {
    addEventListener("pagehide", () => this.keep());
    addEventListener("pageshow", ({ persisted }) => persisted && this.shownAgain());
  }

  /** Must be called whenever the call has changed. */
  update(call: Call): void {
    this.call = call;
  }

  /** Nothing changes in this page any more, so the next one counts lines where this one has stopped. */
  private keep(): void {
    const { tab, media, callMedia } = this.parts;
    const { muted, cameraOff } = media;
    const kept =
      this.call && keptCall(this.call, callMedia.peer?.fingerprint, { muted, cameraOff }, Date.now());
    if (kept) tab.setItem(KEPT_CALL, JSON.stringify(kept));
    this.kept = kept !== undefined;
  }

  /** The browser had kept the whole page. If another page of this tab took the call meanwhile, it is over here. */
  private shownAgain(): void {
    const { tab, reload } = this.parts;
    if (this.kept && tab.getItem(KEPT_CALL) === null) reload();
    tab.removeItem(KEPT_CALL);
  }
}
