// Tells the stranger's page whether my microphone and camera are on. It goes from page to page over a data
// channel, so no gateway sees it.

import type { DevicesOn } from "../core/call/state";
import { parseObject } from "../storage/json-guards";

/** Nobody turns devices on and off more often in one call. A page that says it more often is not heard. */
const MOST = 500;
const LONGEST = 200;
const SECTION = /^m=application /m;

/** Returns undefined for anything else that a stranger's page may send. */
export function parseDevices(data: unknown): DevicesOn | undefined {
  if (typeof data !== "string" || data.length > LONGEST) return undefined;
  const { type, microphone, camera } = parseObject(data) ?? {};
  const valid = type === "devices" && typeof microphone === "boolean" && typeof camera === "boolean";
  return valid ? { microphone, camera } : undefined;
}

export class DevicesChannel {
  private channel: RTCDataChannel | undefined;
  private mine: DevicesOn | undefined;
  private left = MOST;

  constructor(private readonly onTheirs: (on: DevicesOn) => void) {}

  /** Both pages open the same channel, before they agree on media. */
  open(pc: RTCPeerConnection): void {
    // An older page offers no data. To ask for it would need a second negotiation.
    if (pc.remoteDescription && !SECTION.test(pc.remoteDescription.sdp)) return;
    this.channel = pc.createDataChannel("devices", { negotiated: true, id: 0 });
    this.channel.onopen = () => this.send();
    this.channel.onmessage = ({ data }) => this.take(data);
  }

  /** Says it as soon as the channel is open, and again after each change. */
  tell(mine: DevicesOn): void {
    if (mine.microphone === this.mine?.microphone && mine.camera === this.mine.camera) return;
    this.mine = mine;
    this.send();
  }

  private send(): void {
    if (!this.mine || this.channel?.readyState !== "open") return;
    this.channel.send(JSON.stringify({ type: "devices", ...this.mine }));
  }

  private take(data: unknown): void {
    const theirs = this.left-- > 0 ? parseDevices(data) : undefined;
    if (theirs) this.onTheirs(theirs);
  }
}
