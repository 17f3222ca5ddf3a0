// Agrees with the stranger's page on four pictures, once for each connection between the two.

import {
  type Digest,
  type Ends,
  type Exchange,
  hearSafety,
  onlyFingerprint,
  type Picture,
  parseSafety,
  picturesOf,
  promiseOf,
  type SafetyMessage,
} from "../core/safety-emoji";
import type { PeerChannel } from "../peer/peer-channel";

/** The messages between the pages. */
const TYPE = "safety";
/** Each connection is another try for somebody in between, so in one match there are no more than this. */
const MOST_ROUNDS = 8;
const NONCE_BYTES = 32;

/** The connection to the stranger. */
export interface Connected {
  channel: Pick<PeerChannel, "send" | "listen" | "onOpen">;
  /** What both ends have said of it. */
  descriptions: readonly [mine: { sdp: string } | null, theirs: { sdp: string } | null];
}

export type SafetyResult = readonly Picture[] | "failed";

/** One connection, from its opening on. */
interface Round {
  ends: Ends;
  nonce: string;
  exchange: Exchange;
}

export class SafetyCheck {
  /** Undefined until both pages have said their numbers. An older page never does. */
  result: SafetyResult | undefined;
  /** The result is about another connection than an earlier one of the same match. */
  renewed = false;
  private peer: Connected | undefined;
  private round: Round | undefined;
  private rounds = 0;
  /** Begins with the next update, because a busy browser opens the channel before it gives the answer. */
  private delayed: (() => void) | undefined;

  constructor(
    private readonly onResult: () => void,
    private readonly digest: Digest = sha256,
  ) {}

  /** Must be called whenever the match or its connection may have changed. */
  update(talk: { match: string; polite: boolean } | undefined, peer: Connected | undefined): void {
    if (peer === this.peer) {
      this.delayed?.();
      return;
    }
    this.delayed = undefined;
    this.peer = peer;
    this.result = this.round = undefined;
    this.renewed = false;
    this.rounds = 0;
    if (!talk || !peer) return;
    const { match, polite } = talk;
    peer.channel.onOpen(() => {
      if (peer === this.peer) void this.begin(peer, match, polite);
    });
    peer.channel.listen(TYPE, (message) => {
      const said = parseSafety(message);
      if (said && peer === this.peer) this.hear(said);
    });
  }

  /** The channel has opened: for the first time, or again because the stranger's page was loaded again. */
  private async begin(peer: Connected, match: string, polite: boolean): Promise<void> {
    const [mine, theirs] = peer.descriptions.map((said) => onlyFingerprint(said?.sdp ?? ""));
    this.renewed = this.renewed || this.result !== undefined;
    this.round = undefined;
    this.show(undefined);
    this.delayed = undefined;
    if (peer.descriptions.includes(null)) {
      this.delayed = () => void this.begin(peer, match, polite);
      return;
    }
    this.rounds += 1;
    if (!mine || !theirs || this.rounds > MOST_ROUNDS) return;
    const nonce = hex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
    const round: Round = { ends: { match, polite, mine, theirs }, nonce, exchange: { at: "waiting" } };
    this.round = round;
    if (polite) return;
    const hash = await this.digest(promiseOf(nonce));
    if (round === this.round) this.send({ step: "commit", hash });
  }

  private hear(message: SafetyMessage): void {
    const { round } = this;
    if (!round) return;
    const after = hearSafety(round.exchange, round.ends.polite, message);
    if (after === round.exchange) return;
    const repliesWith = round.exchange.at === "waiting"; // the last message of the two needs no reply
    if (repliesWith && !this.send({ step: "nonce", nonce: round.nonce })) return;
    round.exchange = after;
    if (after.at === "told") void this.finish(round, after);
  }

  private async finish(round: Round, told: Extract<Exchange, { at: "told" }>): Promise<void> {
    const result = await picturesOf(told, round.nonce, round.ends, this.digest);
    if (round === this.round) this.show(result);
  }

  private show(result: SafetyResult | undefined): void {
    if (result === this.result) return;
    this.result = result;
    this.onResult();
  }

  private send(message: SafetyMessage): boolean {
    return this.peer?.channel.send({ type: TYPE, ...message }) ?? false;
  }
}

export async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
