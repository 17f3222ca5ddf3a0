// The queue as it changes: server-sent events, opened again whenever they end, and whether they come.

import type { Queue } from "./types";

const AGAIN_MS = 3_000;

export interface LiveActions {
  queue: (queue: Queue) => void;
  connected: (connected: boolean) => void;
  /** Returns when somebody is logged in, or throws when nobody can say. */
  session: () => Promise<unknown>;
}

export class Live {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: LiveActions) {
    addEventListener("offline", () => this.source && this.lost());
    addEventListener("online", () => this.source && this.start());
  }

  start(): void {
    this.stop();
    const source = new EventSource("/console/api/events");
    this.source = source;
    source.addEventListener("queue", (event) => this.heard(event as MessageEvent<string>));
    // The browser opens a broken stream again by itself, but not one that was refused.
    source.onerror = () => {
      this.actions.connected(false);
      if (source.readyState === EventSource.CLOSED) this.lost();
    };
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private heard(event: MessageEvent<string>): void {
    this.actions.connected(true);
    this.actions.queue(JSON.parse(event.data) as Queue);
  }

  private lost(): void {
    this.actions.connected(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.again(), AGAIN_MS);
  }

  private async again(): Promise<void> {
    const before = this.source;
    try {
      await this.actions.session();
    } catch {
      if (this.source === before) this.lost(); // still nobody there: the notice stays, and the next try follows
      return;
    }
    if (this.source === before) this.start();
  }
}
