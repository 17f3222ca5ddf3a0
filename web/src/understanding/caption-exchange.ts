// What the two pages of a call tell each other about captions, and the stranger's captions themselves.

import { type Caption, parseCaption } from "../core/captions/caption";
import { type CaptionLine, CaptionRate, takeCaption } from "../core/captions/caption-lines";
import type { PeerChannel, PeerMessage } from "../peer/peer-channel";

/** What one side does about captions. */
export interface CaptionsTold {
  /** Its speech is written down for the other. */
  sends: boolean;
  /** It wants to read what the other says. */
  wanted: boolean;
  /** Its browser can write speech down. */
  able: boolean;
}

/** Returns undefined for anything else that a stranger's page may send. */
export function parseTold({ sends, wanted, able }: PeerMessage): CaptionsTold | undefined {
  const valid = [sends, wanted, able].every((one) => typeof one === "boolean");
  return valid ? ({ sends, wanted, able } as CaptionsTold) : undefined;
}

export class CaptionExchange {
  lines: readonly CaptionLine[] = [];
  /** Undefined until the stranger's page has said it. An older one never does. */
  theirs: CaptionsTold | undefined;
  private mine: CaptionsTold | undefined;
  private readonly rate = new CaptionRate();

  constructor(
    private readonly channel: PeerChannel,
    private readonly onChange: (line?: Caption) => void,
  ) {
    channel.onOpen(() => this.begin());
    channel.listen("captions", (message) => this.told(parseTold(message)));
    channel.listen("caption", (message) => this.take(message));
  }

  /** Says it as soon as the channel is open, and again after each change. */
  tell(mine: CaptionsTold): void {
    if (JSON.stringify(mine) === JSON.stringify(this.mine)) return;
    this.mine = mine;
    this.sendTold();
  }

  send(caption: Caption): void {
    this.channel.send({ type: "caption", ...caption });
  }

  /** The stranger's page may have been loaded again. Then its numbers begin again. */
  private begin(): void {
    this.lines = [];
    this.theirs = undefined;
    this.sendTold();
    this.onChange();
  }

  private sendTold(): void {
    if (this.mine) this.channel.send({ type: "captions", ...this.mine });
  }

  private told(theirs: CaptionsTold | undefined): void {
    if (!theirs) return;
    this.theirs = theirs;
    this.onChange();
  }

  private take(message: PeerMessage): void {
    const now = performance.now();
    const caption = this.rate.mayTake(now) ? parseCaption(message) : undefined;
    if (!caption) return;
    const lines = takeCaption(this.lines, caption, now);
    if (lines === this.lines) return;
    this.lines = lines;
    this.theirs = { wanted: false, able: true, ...this.theirs, sends: true };
    this.onChange(caption);
  }
}
