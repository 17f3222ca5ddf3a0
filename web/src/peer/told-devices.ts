// Tells the stranger's page whether my microphone and camera are on, and hears the same of theirs.

import type { DevicesOn } from "../core/call/state";
import type { PeerChannel, PeerMessage } from "./peer-channel";

/** Returns undefined for anything else that a stranger's page may send. */
export function parseDevices({ microphone, camera }: PeerMessage): DevicesOn | undefined {
  const valid = typeof microphone === "boolean" && typeof camera === "boolean";
  return valid ? { microphone, camera } : undefined;
}

export class ToldDevices {
  private mine: DevicesOn | undefined;

  constructor(
    private readonly channel: PeerChannel,
    onTheirs: (on: DevicesOn) => void,
  ) {
    channel.onOpen(() => this.send());
    channel.listen("devices", (message) => {
      const theirs = parseDevices(message);
      if (theirs) onTheirs(theirs);
    });
  }

  /** Says it as soon as the channel is open, and again after each change. */
  tell(mine: DevicesOn): void {
    if (mine.microphone === this.mine?.microphone && mine.camera === this.mine.camera) return;
    this.mine = mine;
    this.send();
  }

  private send(): void {
    if (this.mine) this.channel.send({ type: "devices", ...this.mine });
  }
}
