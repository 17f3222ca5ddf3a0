// Knows when the TURN credentials expire, and waits for new ones.

import type { Ice } from "../messages.generated";

/** A margin, because gathering takes time and clocks differ. */
const MARGIN_MS = 30_000;

export class TurnCredentials {
  /** Monotonic milliseconds. */
  private until: number;
  private waiting: (() => void)[] = [];

  /** `ice` is new. `renew` asks for new credentials, which `replace` receives. */
  constructor(
    ice: Ice,
    private readonly renew: () => void,
  ) {
    this.until = untilOf(ice);
  }

  get expired(): boolean {
    return performance.now() >= this.until;
  }

  replace(ice: Ice): void {
    this.until = untilOf(ice);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves once the credentials are valid: at once, unless they expire soon. */
  fresh(): Promise<void> {
    if (!this.expired) return Promise.resolve();
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
