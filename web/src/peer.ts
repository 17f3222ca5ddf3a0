// One WebRTC connection to one stranger: perfect negotiation, candidates in bundles, a restart when ICE fails.
// It knows neither the page nor the socket; a new match gets a new Peer.

import { Bundler } from "./bundler";
import type { Candidates, Description, Ice, SessionDescription } from "./messages.generated";

export type Link = "connecting" | "connected" | "interrupted" | "failed";
export type Signal = Description | Candidates;

export interface PeerOptions {
  match: string;
  /** Yields when both offer at once, and lets the other make the first offer. */
  polite: boolean;
  ice: Ice;
  kinds: ("audio" | "video")[];
  stream: MediaStream | undefined;
  send: (signal: Signal) => void;
  onTrack: (stream: MediaStream) => void;
  onLink: (link: Link) => void;
  connection?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A polite side that has heard no offer for so long makes one itself. */
const PATIENCE_MS = 3_000;
/** How long a connection may be away, or never come, before we say that it failed. */
const GIVE_UP_MS = 15_000;
const RESTARTS = 2;

export class Peer {
  private readonly pc: RTCPeerConnection;
  private readonly bundler: Bundler;
  private readonly remote = new MediaStream();
  private makingOffer = false;
  private ignoreOffer = false;
  private answerPending = false;
  private ready = false;
  private closed = false;
  private restarts = 0;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private giveUp: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: PeerOptions) {
    const connect = options.connection ?? ((configuration) => new RTCPeerConnection(configuration));
    this.pc = connect(configurationOf(options.ice));
    this.bundler = new Bundler((candidates) => {
      options.send({ type: "candidates", match: options.match, candidates });
    });
    this.pc.onnegotiationneeded = () => void this.offer();
    this.pc.onicecandidate = ({ candidate }) => this.gathered(candidate);
    this.pc.ontrack = ({ track }) => this.arrived(track);
    this.pc.onconnectionstatechange = () => this.changed();
    this.giveUp = setTimeout(() => options.onLink("failed"), GIVE_UP_MS);
    if (options.polite) this.patience = setTimeout(() => this.offerMedia(), PATIENCE_MS);
    else this.offerMedia();
  }

  /** A signal of the partner; one that belongs to another match is ignored. */
  async receive(signal: Signal): Promise<void> {
    if (this.closed || signal.match !== this.options.match) return;
    try {
      if (signal.type === "description") await this.described(signal.description);
      else await this.addCandidates(signal);
    } catch (error) {
      if (!this.closed) throw error;
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.patience);
    clearTimeout(this.giveUp);
    this.bundler.close();
    this.pc.close();
  }

  private async offer(): Promise<void> {
    try {
      this.makingOffer = true;
      await this.pc.setLocalDescription();
      this.sendDescription();
    } catch (error) {
      if (!this.closed) throw error;
    } finally {
      this.makingOffer = false;
    }
  }

  private async described(description: SessionDescription): Promise<void> {
    // While an answer is being applied we are as good as stable: an offer that follows it is no glare.
    const stable = this.pc.signalingState === "stable" || this.answerPending;
    const collision = description.type === "offer" && (this.makingOffer || !stable);
    this.ignoreOffer = !this.options.polite && collision;
    if (this.ignoreOffer) return;
    this.answerPending = description.type === "answer";
    try {
      await this.pc.setRemoteDescription(description);
    } finally {
      this.answerPending = false;
    }
    if (description.type !== "offer") return;
    this.offerMedia();
    await this.pc.setLocalDescription();
    this.sendDescription();
  }

  private async addCandidates({ candidates }: Candidates): Promise<void> {
    for (const candidate of candidates) {
      try {
        await this.pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.ignoreOffer) throw error; // candidates of an offer that we ignored have nowhere to go
      }
    }
  }

  /** Puts our tracks on the connection, once. After a remote offer they take the places it made. */
  private offerMedia(): void {
    clearTimeout(this.patience);
    if (this.ready) return;
    this.ready = true;
    for (const kind of this.options.kinds) {
      const track = this.options.stream?.getTracks().find((candidate) => candidate.kind === kind);
      if (track && this.options.stream) this.pc.addTrack(track, this.options.stream);
      else if (!this.options.polite) this.pc.addTransceiver(kind, { direction: "recvonly" });
    }
  }

  private sendDescription(): void {
    const local = this.pc.localDescription;
    if (!local || this.closed) return;
    const description: SessionDescription = { type: local.type, sdp: local.sdp };
    this.options.send({ type: "description", match: this.options.match, description });
  }

  private gathered(candidate: RTCIceCandidate | null): void {
    // The last, empty one only says that gathering ended.
    if (candidate?.candidate) this.bundler.add({ ...candidate.toJSON(), candidate: candidate.candidate });
  }

  private arrived(track: MediaStreamTrack): void {
    this.remote.addTrack(track);
    this.options.onTrack(this.remote);
  }

  private changed(): void {
    const state = this.pc.connectionState;
    if (state === "connected") {
      clearTimeout(this.giveUp);
      this.giveUp = undefined;
      this.options.onLink("connected");
    } else if (state === "disconnected") this.away();
    else if (state === "failed") this.failed();
  }

  private away(): void {
    this.giveUp ??= setTimeout(() => this.options.onLink("failed"), GIVE_UP_MS);
    this.options.onLink("interrupted");
  }

  private failed(): void {
    this.away();
    // One side restarts; if both did, their offers would only collide.
    if (!this.options.polite && this.restarts++ < RESTARTS) this.pc.restartIce();
  }
}

function configurationOf(ice: Ice): RTCConfiguration {
  const iceServers = ice.servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username ? { username } : {}),
    ...(credential ? { credential } : {}),
  }));
  return {
    iceServers,
    bundlePolicy: "max-bundle",
    iceTransportPolicy: ice.policy === "relay" ? "relay" : "all",
  };
}
