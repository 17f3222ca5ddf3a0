// Asks what the operator decided until somebody says it, where the page had to begin without.

import { jitter } from "../core/reconnect";
import type { Site } from "./site";

export interface ConfigRetryParts {
  /** Undefined where nobody answered. */
  ask: () => Promise<Site | undefined>;
  onFound: (site: Site) => void;
  random?: () => number;
}

export class ConfigRetry {
  pending = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: ConfigRetryParts) {}

  /** Nobody has answered yet. */
  start(): void {
    this.pending = true;
    addEventListener("online", () => void this.retryNow());
    this.plan();
  }

  /** Asks now, if there is still something to ask; resolves when that has been answered or not. */
  async retryNow(): Promise<void> {
    if (!this.pending) return;
    clearTimeout(this.timer);
    const site = await this.parts.ask();
    if (!this.pending) return; // another question was answered first
    if (!site) {
      this.plan();
      return;
    }
    this.pending = false;
    clearTimeout(this.timer);
    this.parts.onFound(site);
  }

  private plan(): void {
    clearTimeout(this.timer);
    const delay = jitter(this.attempt++, this.parts.random ?? Math.random);
    this.timer = setTimeout(() => void this.retryNow(), delay);
  }
}
