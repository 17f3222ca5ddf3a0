// The queue as it changes: server-sent events, opened again whenever they end, and whether they come.

import type { Queue } from "./types";

const RECONNECT_MS = 3_000;

export interface QueueStreamHandlers {
  onQueue: (queue: Queue) => void;
  onConnectionChange: (connected: boolean) => void;
  /** Returns when somebody is logged in, or throws when nobody can say. */
  checkSession: () => Promise<unknown>;
}

export class QueueStream {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly handlers: QueueStreamHandlers) {
    addEventListener("offline", () => this.source && this.onLost());
    addEventListener("online", () => this.source && this.start());
  }

  start(): void {
    this.stop();
    const source = new EventSource("/console/api/events");
    this.source = source;
    source.addEventListener("queue", (event) => this.onMessage(event as MessageEvent<string>));
    // The browser opens a broken stream again by itself, but not one that was refused.
    source.onerror = () => {
      this.handlers.onConnectionChange(false);
      if (source.readyState === EventSource.CLOSED) this.onLost();
    };
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private onMessage(event: MessageEvent<string>): void {
    this.handlers.onConnectionChange(true);
    this.handlers.onQueue(JSON.parse(event.data) as Queue);
  }

  private onLost(): void {
    this.handlers.onConnectionChange(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reconnect(), RECONNECT_MS);
  }

  private async reconnect(): Promise<void> {
    const before = this.source;
    try {
      await this.handlers.checkSession();
    } catch {
      if (this.source === before) this.onLost(); // still nobody there: the notice stays, and the next try follows
      return;
    }
    if (this.source === before) this.start();
  }
}
