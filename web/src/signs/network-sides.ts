// Finds out on whose side a call is not good. Each page tells the other what it knows of its own side.

import {
  type Cause,
  causeOf,
  isSlowNetwork,
  isTroubled,
  NO_TROUBLE,
  type OwnSide,
  ownSide,
  parseOwnSide,
  WELL,
  watchTrouble,
} from "../core/quality/cause";
import type { Sample } from "../core/quality/statistics";
import type { PeerChannel } from "../peer/peer-channel";

/** The messages between the pages that say it. */
const TYPE = "side";

type Channel = Pick<PeerChannel, "send" | "listen" | "onOpen">;

export class NetworkSides {
  private trouble = NO_TROUBLE;
  /** The network was bad at the end of the call before, with another stranger. */
  private before = false;
  private channel: Channel | undefined;
  private theirs: OwnSide | undefined;
  private told = WELL;

  /** `effectiveType` returns what the browser says of its network, if it says anything. */
  constructor(private readonly effectiveType: () => string | undefined) {}

  /** A call begins, over this channel, or there is none any more. */
  update(channel: Channel | undefined): void {
    if (channel === this.channel) return;
    if (this.channel) this.before = isTroubled(this.trouble);
    this.channel = channel;
    this.trouble = NO_TROUBLE;
    this.theirs = undefined;
    channel?.listen(TYPE, (message) => {
      this.theirs = parseOwnSide(message) ?? this.theirs;
    });
    this.told = WELL;
    channel?.onOpen(() => {
      if (channel === this.channel) this.send(this.mine);
    });
  }

  /** Takes a sample of the current call about once a second. */
  take(sample: Sample, small: boolean): void {
    this.trouble = watchTrouble(this.trouble, sample, small);
    const { mine, told } = this;
    const changed = mine.busy !== told.busy || mine.weak !== told.weak || mine.small !== told.small;
    if (changed) this.send(mine);
  }

  get cause(): Cause | undefined {
    return causeOf(this.trouble, this.mine, this.theirs);
  }

  private get mine(): OwnSide {
    return ownSide(this.trouble, this.before || isSlowNetwork(this.effectiveType()));
  }

  private send(mine: OwnSide): void {
    this.told = mine;
    this.channel?.send({ type: TYPE, ...mine });
  }
}
