// What is seen and heard of a stranger: the connection to them, what it plays, and when their socket comes first.

import type { Conversation, Link } from "./core/call/state";
import { COARSE } from "./core/curtain";
import type { VideoEncoding } from "./core/quality/encoding";
import { CLEAR, encodingOf, type Rung } from "./core/quality/ladder";
import { LevelMeter } from "./devices/level-meter";
import type { LocalMedia } from "./devices/local-media";
import { Peer, type PeerOptions } from "./peer";
import { SpareConnection } from "./peer/spare-connection";
import type { Signaling } from "./signaling";
import type { StageView } from "./view/stage";

/** A few squares, of which nothing can be made out; rather nothing than more than them. */
const HELD_BACK: VideoEncoding = { scaleDownBy: 64, longest: 40, maxBitrate: 30_000, maxFramerate: 2 };

export interface CallMediaOptions {
  signaling: Pick<Signaling, "send" | "renew">;
  media: Pick<LocalMedia, "stream">;
  stage: Pick<StageView, "playRemote" | "level">;
  onLink: (match: string, link: Link) => void;
  /** Whether the next stranger is not to learn my address. */
  hideAddress?: () => boolean;
  connection?: PeerOptions["connection"];
}

export class CallMedia {
  /** The connection to the stranger who is here, unless it is in writing. */
  peer: Peer | undefined;
  private rung: Rung = CLEAR[0];
  private covered = true;
  private heldBack = false;
  readonly meter = new LevelMeter();
  private readonly spare: SpareConnection;

  constructor(private readonly options: CallMediaOptions) {
    this.spare = new SpareConnection(options.connection);
  }

  /** A stranger may be there at any moment. */
  prepareConnection(): void {
    if (!this.peer) this.spare.prepare();
  }

  open({ match, polite, ice, mode }: Conversation): void {
    if (mode === "text") return;
    const { signaling, media, onLink, hideAddress } = this.options;
    this.rung = CLEAR[0];
    this.covered = true;
    this.peer = new Peer({
      match,
      polite,
      ice,
      hideAddress: hideAddress?.() ?? false,
      kinds: mode === "video" ? ["audio", "video"] : ["audio"],
      stream: media.stream,
      encoding: this.encoding(),
      send: (signal) => signaling.send(signal),
      onTrack: (stream) => this.play(stream, mode === "audio"),
      onLink: (link) => onLink(match, link),
      renewCredentials: () => signaling.renew(),
      connection: (configuration) => this.spare.take(configuration),
    });
  }

  /** My picture is held back, or sent as it is; in the talks to come, too. */
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

  /** Whether the curtain is down: then my picture is sent coarse. In each match it is, to begin with. */
  setCurtain(covered: boolean): void {
    if (covered === this.covered) return;
    this.covered = covered;
    this.peer?.setEncoding(this.encoding());
  }

  /** First another socket, for the one from before may swallow what is said on it. */
  networkChanged(): void {
    this.options.signaling.renew();
    this.peer?.networkChanged();
  }

  /** My picture goes out on this rung from now on, for this stranger. */
  setRung(rung: Rung): void {
    this.rung = rung;
    this.peer?.setEncoding(this.encoding());
  }

  /** Another camera or microphone in the running call. */
  replace(track: MediaStreamTrack): void {
    this.peer?.replace(track).catch((error: Error) => console.warn("track refused:", error.name));
    if (track.kind === "video") this.peer?.setEncoding(this.encoding());
  }

  /** How my picture goes out now, whatever has a say in it. */
  private encoding(): VideoEncoding {
    if (this.heldBack) return HELD_BACK;
    return this.covered ? COARSE : encodingOf(this.rung, this.shortSide());
  }

  private shortSide(): number {
    const track = this.options.media.stream?.getTracks().find(({ kind }) => kind === "video");
    const { width = 0, height = 0 } = track?.getSettings() ?? {};
    return Math.min(width, height);
  }

  private play(stream: MediaStream, onlyHeard: boolean): void {
    const { stage } = this.options;
    stage.playRemote(stream);
    if (onlyHeard) this.meter.start(stream, (level) => stage.level(level));
  }
}
