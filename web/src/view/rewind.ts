// "Go back", for a moment after Next. It never takes the focus by itself: a late key press would hit it.

import { mayGoBack } from "../call/rewind";
import type { Call, Rewind } from "../call/state";
import type { Words } from "../language/i18n";
import { byId, say } from "./dom";
import { announce } from "./notices";

export interface RewindActions {
  goBack: () => void;
  expired: () => void;
  /** The button goes, and with it the focus that was on it. */
  focusElsewhere: () => void;
}

/** Timers may be early by a hair, and then nothing has expired yet. */
const LATE_MS = 20;

export class RewindView {
  private readonly button = byId("go-back");
  private until: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly words: Words,
    private readonly actions: RewindActions,
  ) {
    this.button.onclick = actions.goBack;
  }

  render(call: Call): void {
    const rewind = mayGoBack(call) ? call.rewind : undefined;
    const focused = document.activeElement === this.button;
    byId("rewind").hidden = !rewind;
    this.button.hidden = !rewind || rewind.asked;
    this.tell(rewind);
    if (focused && this.button.hidden) this.actions.focusElsewhere();
    this.expireAt(call.rewind?.until);
  }

  private tell(rewind: Rewind | undefined): void {
    const text = rewind && this.textOf(rewind);
    const place = byId("rewind-text");
    if (text && place.textContent !== text) announce(text);
    say(place, text);
  }

  private textOf({ asked, offered }: Rewind): string | undefined {
    if (asked) return this.words.text("rewind_asked");
    return offered ? this.words.text("rewind_offer") : undefined;
  }

  private expireAt(until: number | undefined): void {
    if (until === this.until) return;
    this.until = until;
    clearTimeout(this.timer);
    if (until === undefined) return;
    this.timer = setTimeout(this.actions.expired, until - performance.now() + LATE_MS);
  }
}
