// Tells the stranger's page whether my microphone and camera are on, and hears the same of theirs.

import type { DevicesOn } from "../core/call/state";
import type { PeerChannel, PeerMessage } from "./peer-channel";

/** Returns undefined for anything else that a stranger's page may send. */
export function parseDevices({ microphone, camera }: PeerMessage): DevicesOn | undefined {
  const valid = typeof microphone === "boolean" && typeof camera === "boolean";
  return valid ? { microphone, camera } : undefined;
}

/** Nobody needs to know it sooner, and a page that says it all the time costs little. */
const PAUSE_MS = 250;

export class ToldDevices {
  private mine: DevicesOn | undefined;
  private theirs: DevicesOn | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly channel: PeerChannel,
    private readonly onTheirs: (on: DevicesOn) => void,
  ) {
    channel.onOpen(() => this.send());
    channel.listen("devices", (message) => {
      const theirs = parseDevices(message);
      if (!theirs || same(theirs, this.theirs)) return;
      this.theirs = theirs;
      this.timer ??= setTimeout(() => this.pass(), PAUSE_MS);
    });
  }

  /** Says it as soon as the channel is open, and again after each change. */
  tell(mine: DevicesOn): void {
    if (same(mine, this.mine)) return;
    this.mine = mine;
    this.send();
  }

  /** The newest counts. */
  private pass(): void {
    this.timer = undefined;
    if (this.theirs) this.onTheirs(this.theirs);
  }

  private send(): void {
    if (this.mine) this.channel.send({ type: "devices", ...this.mine });
  }
}

function same(one: DevicesOn, other: DevicesOn | undefined): boolean {
  return one.microphone === other?.microphone && one.camera === other.camera;
}
