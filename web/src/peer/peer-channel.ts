// One data channel from page to page, beside sound and picture. No gateway sees what goes over it, and it costs no
// server anything. What arrives is a stranger's input: it is bounded here, and each listener checks its own fields.

import { parseObject } from "../storage/json-guards";

/** One message. Each part of the page has types of its own. */
export type PeerMessage = { type: string } & Record<string, unknown>;
type Listener = (message: PeerMessage) => void;

/** The longest message that is taken or sent, in UTF-16 code units. */
export const LONGEST = 4_096;
/** A page that says more than this in a second, after a burst, is not heard. */
const PER_SECOND = 60;
const BURST = 300;
/** Messages that came before the part that they are for, in one match. */
const MOST_UNHEARD = 32;
/** Beyond this many bytes the network is too slow, and nothing more is sent. */
const MOST_BUFFERED = 262_144;
const SECTION = /^m=application /m;

/** Returns undefined for anything but a message of at most `LONGEST`. */
function parseMessage(data: unknown): PeerMessage | undefined {
  if (typeof data !== "string" || data.length > LONGEST) return undefined;
  const found = parseObject(data);
  return typeof found?.type === "string" ? (found as PeerMessage) : undefined;
}

export class PeerChannel {
  private channel: RTCDataChannel | undefined;
  private readonly listeners = new Map<string, Listener>();
  private readonly whenOpen: (() => void)[] = [];
  /** The event of its opening has come. */
  private told = false;
  private unheard: PeerMessage[] = [];
  private tokens = BURST;
  private last = performance.now();

  /** Both pages open the same channel, before they agree on media. */
  open(pc: RTCPeerConnection): void {
    // An older page offers no data. To ask for it would need a second negotiation.
    if (pc.remoteDescription && !SECTION.test(pc.remoteDescription.sdp)) return;
    this.unheard = []; // what came over a former connection
    this.channel = pc.createDataChannel("page", { negotiated: true, id: 0 });
    this.told = false;
    this.channel.onopen = () => {
      this.told = true;
      for (const opened of this.whenOpen) opened();
    };
    this.channel.onmessage = ({ data }) => {
      // Browsers still give what had arrived when the page closed the connection.
      if (pc.signalingState !== "closed") this.take(data);
    };
  }

  get isOpen(): boolean {
    return this.channel?.readyState === "open";
  }

  /** Calls `opened` whenever the channel opens, also after a reload of the stranger's page, and now if it is open. */
  onOpen(opened: () => void): void {
    this.whenOpen.push(opened);
    // A browser may say that it is open before the event comes. Then `opened` would be called twice.
    if (this.told && this.isOpen) opened();
  }

  /** Returns false if the channel is not open, or too slow, or the message too long: then nothing was sent. */
  send(message: PeerMessage): boolean {
    const text = JSON.stringify(message);
    if (!this.channel || !this.isOpen || text.length > LONGEST) return false;
    if (this.channel.bufferedAmount > MOST_BUFFERED) return false;
    this.channel.send(text);
    return true;
  }

  /** Gives `take` each message of this type, also those that came before. There is one listener for each type. */
  listen(type: string, take: Listener): void {
    this.listeners.set(type, take);
    const early = this.unheard.filter((message) => message.type === type);
    this.unheard = this.unheard.filter((message) => message.type !== type);
    for (const message of early) take(message);
  }

  private take(data: unknown): void {
    const message = this.mayTake() ? parseMessage(data) : undefined;
    if (!message) return;
    const listener = this.listeners.get(message.type);
    if (listener) listener(message);
    else if (this.unheard.length < MOST_UNHEARD) this.unheard.push(message);
  }

  /** A token bucket. */
  private mayTake(): boolean {
    const now = performance.now();
    this.tokens = Math.min(BURST, this.tokens + ((now - this.last) * PER_SECOND) / 1_000);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
