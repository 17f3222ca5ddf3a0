// Fetches the site's configuration again and again until it comes, if the page had to start without it.

import { jitter } from "../core/reconnect";
import type { Site } from "./site";

export interface ConfigRetryParts {
  /** Returns undefined if there was no answer. */
  ask: () => Promise<Site | undefined>;
  onFound: (site: Site) => void;
  random?: () => number;
}

export class ConfigRetry {
  pending = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: ConfigRetryParts) {}

  /** Starts to retry. */
  start(): void {
    this.pending = true;
    addEventListener("online", () => void this.retryNow());
    this.plan();
  }

  /** Retries now if there is still no answer. Resolves after that try. */
  async retryNow(): Promise<void> {
    if (!this.pending) return;
    clearTimeout(this.timer);
    const site = await this.parts.ask();
    if (!this.pending) return; // another try was faster
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
