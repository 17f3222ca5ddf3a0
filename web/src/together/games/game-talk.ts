// The messages of one game between two pages. The game begins when both pages are ready and agree on the score.

import { agreedRecord, type GameRecord, parseRecord } from "../../core/together/game-record";
import type { ActivityContext } from "../activities";

/** When a message that could not be sent is tried again. */
const RETRY_MS = 500;

export interface GameTalkParts {
  channel: ActivityContext["channel"];
  /** The type of all messages of this game. */
  type: string;
  /** What this page remembers of this game in this match. */
  record: GameRecord;
  onReady: (record: GameRecord) => void;
  /** The stranger's page says something else. Returns whether it counts. */
  onMove: (found: Record<string, unknown>) => boolean;
  /** What it said is against the rules, or makes no sense. */
  onBroken: () => void;
}

export class GameTalk {
  private unsent: Record<string, unknown>[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ready = false;

  constructor(private readonly parts: GameTalkParts) {
    const { channel, type, record } = parts;
    this.send({ do: "here", ...record });
    channel.listen(type, (message) => this.take(message));
  }

  /** Sends in order, and again if the channel is slow. */
  send(message: Record<string, unknown>): void {
    this.unsent.push(message);
    this.sendUnsent();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private sendUnsent(): void {
    const { channel, type } = this.parts;
    clearTimeout(this.timer);
    while (this.unsent[0] && channel.send({ type, ...this.unsent[0] })) this.unsent.shift();
    if (this.unsent.length > 0) this.timer = setTimeout(() => this.sendUnsent(), RETRY_MS);
  }

  private take(found: Record<string, unknown>): void {
    const { record, onReady, onMove, onBroken } = this.parts;
    const theirs = found.do === "here" && !this.ready ? parseRecord(found) : undefined;
    if (theirs) {
      this.ready = true;
      onReady(agreedRecord(record, theirs));
    } else if (!this.ready || !onMove(found)) onBroken();
  }
}
