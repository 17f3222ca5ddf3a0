// Until when the TURN credentials of a connection are good, and how it waits for others.

import type { Ice } from "../messages.generated";

/** Gathering takes a while, and clocks run a little apart. */
const MARGIN_MS = 30_000;

export class TurnCredentials {
  /** A monotonic clock's milliseconds. */
  private until: number;
  private waiting: (() => void)[] = [];

  /** `ice` has just come; `renew` asks for others, which come to `replace`. */
  constructor(
    ice: Ice,
    private readonly renew: () => void,
  ) {
    this.until = untilOf(ice);
  }

  replace(ice: Ice): void {
    this.until = untilOf(ice);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves once there are good ones: at once, unless they have expired or are about to. */
  fresh(): Promise<void> {
    if (performance.now() < this.until) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length === 1) this.renew();
    });
  }
}

function untilOf({ expires_in }: Ice): number {
  return expires_in === undefined
    ? Number.POSITIVE_INFINITY
    : performance.now() + expires_in * 1000 - MARGIN_MS;
}
