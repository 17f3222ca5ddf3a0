// Keeps the call of this tab while the page is loaded again.

import type { CallMedia } from "./call-media";
import { keptCall } from "./core/call/kept-call";
import { returningTo } from "./core/call/returning";
import { type Call, KEPT_CALL } from "./core/call/state";
import type { LocalMedia } from "./devices/local-media";
import { parseObject } from "./storage/json-guards";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface CallKeeperParts {
  tab: Store;
  media: Pick<LocalMedia, "muted" | "cameraOff">;
  callMedia: Pick<CallMedia, "peer">;
  /** Loads the page again, without asking. */
  reload: () => void;
}

export class CallKeeper {
  private call: Call | undefined;
  /** What was stored when the page was left. */
  private kept: string | undefined;
  /** The page is about to be loaded again, and the next one must find what is stored. */
  private over = false;

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
    if (this.over || !this.call) return;
    const { tab, media, callMedia } = this.parts;
    const { muted, cameraOff } = media;
    const kept = keptCall(this.call, callMedia.peer?.fingerprint, { muted, cameraOff }, Date.now());
    this.kept = kept && JSON.stringify(kept);
    if (this.kept) tab.setItem(KEPT_CALL, this.kept);
  }

  /**
   * The browser had kept the whole page. It goes on, unless it is too late, or another page of this tab had the call
   * meanwhile. Then it is loaded again, and finds what is stored.
   */
  private shownAgain(): void {
    if (this.kept === undefined) return;
    const { tab, reload } = this.parts;
    const stored = tab.getItem(KEPT_CALL);
    const returning = returningTo(parseObject(stored), Date.now(), performance.now());
    if (stored === this.kept && typeof returning === "object") {
      tab.removeItem(KEPT_CALL);
      return;
    }
    this.over = true;
    reload();
  }
}
