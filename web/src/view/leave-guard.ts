// Keeps a slip from ending a call: Back stays in it, and closing or leaving the page asks first.

import type { Call } from "../core/call/state";

/** The state of the entry in the history that a first Back leaves. */
const IN_CALL = "zufall.call";

export class LeaveGuard {
  private inCall = false;
  /** The page is at its own entry, and not at the one with which it was opened. */
  private entered = history.state === IN_CALL;

  constructor(private readonly onStayed: () => void) {
    addEventListener("popstate", () => this.moved());
  }

  /** Must be called whenever the call has changed. */
  update({ conversation }: Call): void {
    const inCall = conversation !== undefined;
    if (inCall === this.inCall) return;
    this.inCall = inCall;
    if (inCall) this.enter();
    // A listener outside calls would keep some browsers from keeping the page.
    if (inCall) addEventListener("beforeunload", ask);
    else this.release();
  }

  /** Lets this page be left without asking. */
  release(): void {
    removeEventListener("beforeunload", ask);
  }

  private enter(): void {
    if (!this.entered) history.pushState(IN_CALL, "");
    this.entered = true;
  }

  private moved(): void {
    const left = this.entered && history.state !== IN_CALL;
    this.entered = history.state === IN_CALL;
    if (!left) return;
    if (!this.inCall)
      history.back(); // the visitor wanted to leave the page
    else {
      this.enter();
      this.onStayed();
    }
  }
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
