// How long this call has lasted, in minutes and seconds. Screen readers find it, and are not told each second.

import type { Conversation } from "../core/call/state";
import { beganAt, clockText, durationOf, keptStart } from "../core/call-time";

/** When the call of this tab began, for the page after a reload. */
const STORAGE_KEY = "zufall.call-time";

export interface CallTimerParts {
  element: Pick<HTMLTimeElement, "hidden" | "dateTime">;
  /** The part of it that shows minutes and seconds. */
  face: Pick<HTMLElement, "textContent">;
  tab: Pick<Storage, "getItem" | "setItem">;
  locale: string;
}

export class CallTimer {
  private readonly digits: (count: number) => string;
  private match: string | undefined;
  /** In monotonic milliseconds. */
  private began = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly parts: CallTimerParts) {
    const { format } = new Intl.NumberFormat(parts.locale, { useGrouping: false });
    this.digits = (count) => format(count);
    parts.element.hidden = true;
  }

  /** A call begins when both are connected. A text conversation begins with the match. */
  update(conversation: Conversation | undefined): void {
    if (conversation?.match !== this.match) this.stop();
    const begun = conversation && (conversation.mode === "text" || conversation.link === "connected");
    if (!begun || this.match) return;
    this.match = conversation.match;
    this.began = performance.now() - this.lastedAlready(conversation.match);
    this.timer = setInterval(() => this.show(), 1_000);
    this.parts.element.hidden = false;
    this.show();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.match = undefined;
    this.parts.element.hidden = true;
  }

  /** Returns the milliseconds that the page before a reload has counted. */
  private lastedAlready(match: string): number {
    const { tab } = this.parts;
    const now = Date.now();
    const began = beganAt(tab.getItem(STORAGE_KEY), match, now) ?? now;
    tab.setItem(STORAGE_KEY, keptStart(match, began));
    return now - began;
  }

  private show(): void {
    const { element, face } = this.parts;
    const lasted = performance.now() - this.began;
    face.textContent = clockText(lasted, this.digits);
    element.dateTime = durationOf(lasted);
  }
}
