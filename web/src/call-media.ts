// The media of a call: the connection to the stranger, what it plays, and how my picture is sent.

import type { Conversation, DevicesOn, Link } from "./core/call/state";
import { COARSE, PREVIEW, type Sends } from "./core/curtain";
import type { VideoEncoding } from "./core/quality/encoding";
import { CLEAR, encodingOf, type Rung } from "./core/quality/ladder";
import { LevelMeter } from "./devices/level-meter";
import type { LocalMedia } from "./devices/local-media";
import type { Mode } from "./messages.generated";
import { type MediaKind, Peer, type PeerOptions } from "./peer";
import { SpareConnection } from "./peer/spare-connection";
import type { Signaling } from "./signaling";
import type { StageView } from "./view/stage";

/** A few squares that show nothing. If even this fails, no picture is sent. */
const HELD_BACK: VideoEncoding = { scaleDownBy: 64, longest: 40, maxBitrate: 30_000, maxFramerate: 2 };

const KINDS: Record<Mode, readonly MediaKind[]> = {
  text: [],
  audio: ["audio"],
  video: ["audio", "video"],
};

export interface CallMediaOptions {
  signaling: Pick<Signaling, "send" | "renew">;
  media: Pick<LocalMedia, "stream" | "settled">;
  stage: Pick<StageView, "playRemote" | "level">;
  onLink: (match: string, link: Link) => void;
  onDevices?: (match: string, on: DevicesOn) => void;
  /** Whether the next stranger must not learn my address. */
  hideAddress?: () => boolean;
  connection?: PeerOptions["connection"];
}

export class CallMedia {
  /** The connection to the current stranger. A text conversation has none. */
  peer: Peer | undefined;
  private mode: Mode = "text";
  private rung: Rung = CLEAR[0];
  private sends: Sends = "coarse";
  private heldBack = false;
  readonly meter = new LevelMeter();
  private readonly spare: SpareConnection;

  constructor(private readonly options: CallMediaOptions) {
    this.spare = new SpareConnection(options.connection);
  }

  /** Prepares a connection for the next stranger. */
  prepareConnection(): void {
    if (!this.peer) this.spare.prepare();
  }

  open({ match, polite, ice, mode, former }: Conversation): void {
    this.mode = mode;
    if (mode === "text") return;
    const { signaling, media, onLink, onDevices, hideAddress } = this.options;
    this.rung = CLEAR[0];
    this.sends = "coarse";
    this.peer = new Peer({
      match,
      polite,
      ice,
      hideAddress: hideAddress?.() ?? false,
      kinds: KINDS[mode],
      stream: media.stream,
      ...(media.stream ? {} : { later: media.settled() }),
      former,
      encoding: this.encoding(),
      send: (signal) => signaling.send(signal),
      onTrack: (stream) => this.play(stream),
      onLink: (link) => onLink(match, link),
      onDevices: (on) => onDevices?.(match, on),
      renewCredentials: () => signaling.renew(),
      connection: (configuration) => this.spare.take(configuration),
    });
  }

  /** Goes on in the mode of the conversation. */
  changeMode(conversation: Conversation): void {
    const { mode } = conversation;
    const { peer } = this;
    if (!peer || mode === "text") {
      this.close();
      this.open(conversation);
      return;
    }
    this.mode = mode;
    if (mode === "video") this.meter.stop();
    this.setCurtain("coarse"); // a picture that comes later begins like any other
    peer
      .setKinds(KINDS[mode], this.options.media.stream)
      .catch((error: Error) => console.warn("The browser did not change the mode:", error.name));
  }

  /** Sends my picture as a few squares, or normally again. This also applies to later calls. */
  holdBack(heldBack: boolean): void {
    if (heldBack === this.heldBack) return;
    this.heldBack = heldBack;
    this.peer?.setEncoding(this.encoding());
  }

  close(): void {
    this.peer?.close();
    this.peer = undefined;
    this.meter.stop();
    this.options.stage.playRemote(null);
  }

  /** Changes how my picture is sent. Each match begins with a coarse one. */
  setCurtain(sends: Sends): void {
    if (sends === this.sends) return;
    this.sends = sends;
    this.peer?.setEncoding(this.encoding());
  }

  /** Renews the socket first, because the old one may lose what is sent on it. */
  networkChanged(): void {
    this.options.signaling.renew();
    this.peer?.networkChanged();
  }

  /** Sends my picture on this rung of the ladder, until the next stranger. */
  setRung(rung: Rung): void {
    this.rung = rung;
    this.peer?.setEncoding(this.encoding());
  }

  /** Replaces the camera or microphone during a call. */
  replace(track: MediaStreamTrack): void {
    this.peer
      ?.replace(track)
      .catch((error: Error) => console.warn("The browser refused a track:", error.name));
    if (track.kind === "video") this.peer?.setEncoding(this.encoding());
  }

  /** Returns how my picture must be sent now. */
  private encoding(): VideoEncoding {
    if (this.heldBack) return HELD_BACK;
    if (this.sends === "clear") return encodingOf(this.rung, this.shortSide());
    return this.sends === "preview" ? PREVIEW : COARSE;
  }

  private shortSide(): number {
    const track = this.options.media.stream?.getTracks().find(({ kind }) => kind === "video");
    const { width = 0, height = 0 } = track?.getSettings() ?? {};
    return Math.min(width, height);
  }

  private play(stream: MediaStream): void {
    const { stage } = this.options;
    stage.playRemote(stream);
    if (this.mode === "audio") this.meter.start(stream, (level) => stage.level(level));
  }
}
