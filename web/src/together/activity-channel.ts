// The channel as an activity sees it: what is not for the activity that goes on now does not arrive.

import type { PeerChannel, PeerMessage } from "../peer/peer-channel";

/** An activity is loaded within a moment. Messages that come meanwhile wait. */
const MOST_EARLY = 64;

type Listener = (message: PeerMessage) => void;

export class ActivityChannel {
  private goesOn = false;
  private readonly listeners = new Map<string, Listener>();
  /** The types that an activity of this match has listened to. */
  private readonly heard = new Set<string>();
  private early: PeerMessage[] = [];

  constructor(private readonly channel: Pick<PeerChannel, "send" | "listen">) {}

  /** An activity begins. From now on messages are kept for it. */
  begin(): void {
    this.goesOn = true;
    this.listeners.clear();
    this.early = [];
  }

  /** It is over, and hears nothing any more. */
  end(): void {
    this.goesOn = false;
    this.listeners.clear();
    this.early = [];
  }

  /** Returns false if nothing was sent, as `PeerChannel.send` does. */
  send(message: PeerMessage): boolean {
    return this.goesOn && this.channel.send(message);
  }

  /** Gives `take` each message of this type, also those that came since the activity began. */
  listen(type: string, take: Listener): void {
    if (!this.goesOn) return;
    this.listeners.set(type, take);
    if (!this.heard.has(type)) {
      this.heard.add(type);
      this.channel.listen(type, (message) => this.take(message));
      return;
    }
    const early = this.early.filter((message) => message.type === type);
    this.early = this.early.filter((message) => message.type !== type);
    for (const message of early) take(message);
  }

  private take(message: PeerMessage): void {
    const listener = this.listeners.get(message.type);
    if (listener) listener(message);
    else if (this.goesOn && this.early.length < MOST_EARLY) this.early.push(message);
  }
}
