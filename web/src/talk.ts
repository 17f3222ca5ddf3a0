// What is seen and heard of a stranger: the connection to them, what it plays, and when their socket comes first.

import type { Meeting } from "./call-state";
import type { Link } from "./ice-health";
import { LevelMeter } from "./level";
import type { Media } from "./media";
import type { Ice } from "./messages.generated";
import { Peer, type PeerOptions, type Shape, type Signal } from "./peer";
import type { Signaling } from "./signaling";
import type { StageView } from "./view/stage";

/** As sharp as it comes; the browser's own control of congestion does the rest. */
const FULL: Shape = { scaleDownBy: 1, maxBitrate: 1_700_000, maxFramerate: 30 };

export interface TalkOptions {
  socket: Pick<Signaling, "send" | "renew">;
  media: Pick<Media, "stream">;
  stage: Pick<StageView, "playRemote" | "level">;
  onLink: (match: string, link: Link) => void;
  connection?: PeerOptions["connection"];
}

export class Talk {
  private peer: Peer | undefined;
  private readonly meter = new LevelMeter();

  constructor(private readonly options: TalkOptions) {}

  open({ match, polite, ice, mode }: Meeting): void {
    if (mode === "text") return;
    const { socket, media, onLink, connection } = this.options;
    this.peer = new Peer({
      match,
      polite,
      ice,
      kinds: mode === "video" ? ["audio", "video"] : ["audio"],
      stream: media.stream,
      shape: FULL,
      send: (signal) => socket.send(signal),
      onTrack: (stream) => this.arrived(stream, mode === "audio"),
      onLink: (link) => onLink(match, link),
      renew: () => socket.renew(),
      ...(connection ? { connection } : {}),
    });
  }

  close(): void {
    this.peer?.close();
    this.peer = undefined;
    this.meter.stop();
    this.options.stage.playRemote(null);
  }

  hear(signal: Signal): void {
    this.peer?.receive(signal).catch((error: Error) => console.warn("signal refused:", error.name));
  }

  reach(reachable: boolean): void {
    this.peer?.reach(reachable);
  }

  refresh(ice: Ice): void {
    this.peer?.refresh(ice);
  }

  /** First another socket, for the one from before may swallow what is said on it. */
  networkChanged(): void {
    this.options.socket.renew();
    this.peer?.networkChanged();
  }

  private arrived(stream: MediaStream, onlyHeard: boolean): void {
    const { stage } = this.options;
    stage.playRemote(stream);
    if (onlyHeard) this.meter.start(stream, (level) => stage.level(level));
  }
}
