// Receives the queue as it changes, by server-sent events, and reconnects when the stream ends. A hidden page has no
// stream: over HTTP/1.1 a browser has six connections to a site, and a seventh page would load nothing.

import type { CaseQueue, TeamState } from "./api.generated";

const RECONNECT_MS = 3_000;

export interface QueueStreamHandlers {
  onQueue: (queue: CaseQueue) => void;
  onTeam: (state: TeamState) => void;
  /** Runs when the service has found the audit log changed, with the number of problems, or whole again, with 0. */
  onAuditProblems: (found: number) => void;
  onConnectionChange: (connected: boolean) => void;
  /** Resolves when somebody is logged in, and rejects when the service cannot be reached. */
  checkSession: () => Promise<unknown>;
}

export class QueueStream {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** True once the current stream has brought a queue. */
  private heard = false;

  private readonly onVisibilityChange = () => (document.hidden ? this.stop() : void this.reconnect());

  constructor(private readonly handlers: QueueStreamHandlers) {
    addEventListener("offline", () => this.source && this.onLost());
    addEventListener("online", () => this.source && this.start());
  }

  /** Opens the stream, or does so when the page is shown. */
  start(): void {
    document.addEventListener("visibilitychange", this.onVisibilityChange);
    this.stop();
    if (document.hidden) return;
    const source = new EventSource("/console/api/events");
    this.source = source;
    this.heard = false;
    source.addEventListener("queue", (event) => this.onMessage(event as MessageEvent<string>));
    source.addEventListener("team", (event) =>
      this.handlers.onTeam(JSON.parse((event as MessageEvent<string>).data) as TeamState),
    );
    source.addEventListener("audit", ({ data }: MessageEvent<string>) =>
      this.handlers.onAuditProblems(Number(data)),
    );
    source.onerror = () => this.onError(source);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  /**
   * Asks at once why a stream ended that worked: if the session has ended, nothing may stay on the screen. A stream
   * that never worked is tried again later.
   */
  private onError(source: EventSource): void {
    source.close(); // the browser would reopen a broken stream, but not a refused one
    if (source !== this.source) return;
    this.handlers.onConnectionChange(false);
    if (this.heard) void this.reconnect();
    else this.onLost();
  }

  private onMessage(event: MessageEvent<string>): void {
    this.heard = true;
    this.handlers.onConnectionChange(true);
    this.handlers.onQueue(JSON.parse(event.data) as CaseQueue);
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
      // The service is still away: keep the notice and try again.
      if (this.source === before && !document.hidden) this.onLost();
      return;
    }
    if (this.source === before) this.start();
  }
}
