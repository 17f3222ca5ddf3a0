// One WebRTC connection to one stranger: perfect negotiation, candidates in bundles, what was lost said again.
// It knows neither the page nor the socket; a new match gets a new Peer.

import type { Link } from "./core/call/state";
import type { VideoEncoding } from "./core/quality/encoding";
import type { Candidate, Candidates, Description, Ice, SessionDescription } from "./messages.generated";
import { CandidateBatcher } from "./peer/candidate-batcher";
import { hiddenCandidate, hiddenDescription } from "./peer/hide-address";
import { configurationOf } from "./peer/ice-configuration";
import { IceHealth } from "./peer/ice-health";
import { withStartBitrate } from "./peer/start-bitrate";
import { TurnCredentials } from "./peer/turn-credentials";
import { VideoSender } from "./peer/video-sender";

export type Signal = Description | Candidates;

export interface PeerOptions {
  match: string;
  /** Yields when both offer at once, and lets the other make the first offer. */
  polite: boolean;
  ice: Ice;
  /** Media only through a relay, if there is one: no candidate of mine names my address. */
  hideAddress?: boolean;
  kinds: ("audio" | "video")[];
  stream: MediaStream | undefined;
  /** Of the first picture that is sent already. */
  encoding: VideoEncoding;
  send: (signal: Signal) => void;
  onTrack: (stream: MediaStream) => void;
  onLink: (link: Link) => void;
  /** The credentials have expired: others are wanted, by `refresh`, before candidates are gathered again. */
  renewCredentials: () => void;
  connection?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** Frames of candidates; who says more of them before any description is no page of ours. */
const MAX_EARLY_FRAMES = 8;
/** A polite side that has heard no offer for so long makes one itself. */
const OFFER_TIMEOUT_MS = 3_000;

export class Peer {
  private readonly pc: RTCPeerConnection;
  private readonly batcher: CandidateBatcher;
  private readonly remote = new MediaStream();
  private makingOffer = false;
  private ignoreOffer = false;
  private mediaAdded = false;
  private offerPending = false;
  private closed = false;
  /** Candidates that came before the description to which they belong. */
  private earlyCandidates: Candidates[] = [];
  /** Signals are taken one after the other: a repeated offer would otherwise meet its own answer. */
  private lastSignal: Promise<unknown> = Promise.resolve();
  private readonly health: IceHealth;
  private readonly credentials: TurnCredentials;
  private restarting = false;
  private offerTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly video: VideoSender;
  private readonly hideAddress: boolean;

  constructor(private readonly options: PeerOptions) {
    const connect = options.connection ?? ((configuration) => new RTCPeerConnection(configuration));
    const configuration = configurationOf(options.ice, options.hideAddress);
    this.hideAddress = options.hideAddress === true && configuration.iceTransportPolicy === "relay";
    this.pc = connect(configuration);
    this.video = new VideoSender(this.pc, options.encoding);
    this.batcher = new CandidateBatcher((candidates) => {
      options.send({ type: "candidates", match: options.match, candidates });
    });
    this.pc.onnegotiationneeded = () => this.negotiationNeeded();
    this.pc.onicecandidate = ({ candidate }) => this.candidateGathered(candidate);
    this.pc.ontrack = ({ track }) => this.trackArrived(track);
    this.credentials = new TurnCredentials(options.ice, options.renewCredentials);
    this.health = new IceHealth({
      polite: options.polite,
      onLink: options.onLink,
      restart: () => this.restart(),
    });
    this.pc.onconnectionstatechange = () => this.health.changed(this.pc.connectionState);
    if (options.polite) this.offerTimer = setTimeout(() => this.addMedia(), OFFER_TIMEOUT_MS);
    else this.addMedia();
  }

  /** A signal of the partner; one that belongs to another match is ignored. */
  receive(signal: Signal): Promise<void> {
    const taken = this.lastSignal.then(() => this.take(signal));
    this.lastSignal = taken.catch(() => {});
    return taken;
  }

  /**
   * Whether signals reach the stranger. Once they do again, an offer without an answer is said again; and so are the
   * candidates, unless there is a connection.
   */
  setReachable(reachable: boolean): void {
    if (!reachable) {
      this.health.signalsLost();
      return;
    }
    const unanswered = this.pc.signalingState === "have-local-offer";
    if (unanswered) this.sendDescription();
    this.sendCandidatesAgain();
    this.health.signalsRestored(unanswered || this.makingOffer);
  }

  /** Other servers, or other credentials: for what is gathered from now on. */
  updateIce(ice: Ice): void {
    const configuration = configurationOf(ice);
    // Who hid so far does so to the end, also where there is no relay any more.
    if (this.hideAddress) configuration.iceTransportPolicy = "relay";
    this.pc.setConfiguration(configuration);
    this.credentials.replace(ice);
  }

  /** From now on my picture is sent like this; each change waits for the one before. */
  setEncoding(encoding: VideoEncoding): void {
    this.video.setEncoding(encoding);
  }

  /** Another camera or microphone in the place of the one before, without a new negotiation. */
  async replace(track: MediaStreamTrack): Promise<void> {
    if (track.kind === "video") await this.video.replace(track);
    else await this.senderOf(track.kind)?.replaceTrack(track);
  }

  /** What the connection counts and measures. */
  statistics(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  networkChanged(): void {
    this.health.networkChanged();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.offerTimer);
    this.health.close();
    this.batcher.close();
    this.video.close();
    this.pc.close();
  }

  private async take(signal: Signal): Promise<void> {
    if (this.closed || signal.match !== this.options.match) return;
    try {
      if (signal.type === "description") await this.applyDescription(signal.description);
      else await this.addCandidates(signal);
    } catch (error) {
      if (!this.closed) throw error;
    }
  }

  /** Other servers alone make Chromium want an offer: an empty one is refused, and breaks the connection. */
  private negotiationNeeded(): void {
    if (this.mediaAdded) void this.offer();
    else this.offerPending = true; // it is not wanted a second time
  }

  private async offer(): Promise<void> {
    try {
      this.makingOffer = true;
      await this.video.applied; // nothing is sent before there is an agreement, and so nothing in another encoding
      await this.pc.setLocalDescription();
      this.sendDescription();
    } catch (error) {
      if (!this.closed) throw error;
    } finally {
      this.makingOffer = false;
    }
  }

  private async applyDescription(description: SessionDescription): Promise<void> {
    // Another offer restarts ICE, and so both sides gather anew.
    if (description.type === "offer" && this.pc.remoteDescription) await this.credentials.fresh();
    const { signalingState } = this.pc;
    if (description.type === "rollback") {
      // An offer that is under way is as new as what is asked for.
      if (!this.options.polite && signalingState === "stable" && !this.makingOffer) this.restartIce();
      return;
    }
    // An offer that was said twice is answered twice.
    if (description.type === "answer" && signalingState !== "have-local-offer") return;
    const collision = description.type === "offer" && (this.makingOffer || signalingState !== "stable");
    this.ignoreOffer = !this.options.polite && collision;
    if (this.ignoreOffer) return;
    const { type, sdp = "" } = description;
    await this.pc.setRemoteDescription({ type, sdp: withStartBitrate(sdp) });
    for (const candidates of this.earlyCandidates.splice(0)) await this.addCandidates(candidates);
    if (description.type !== "offer") return;
    this.addMedia();
    await this.video.applied;
    await this.pc.setLocalDescription();
    this.sendDescription();
    this.sendCandidatesAgain(); // of an offer that came twice the answer may have been lost, and they with it
  }

  private async addCandidates(signal: Candidates): Promise<void> {
    if (!this.pc.remoteDescription && !this.ignoreOffer) {
      this.earlyCandidates = [...this.earlyCandidates, signal].slice(-MAX_EARLY_FRAMES);
      return;
    }
    for (const candidate of signal.candidates) {
      try {
        await this.pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.ignoreOffer) throw error; // candidates of an offer that we ignored have nowhere to go
      }
    }
  }

  /** Puts our tracks on the connection, once. After a remote offer they take the places it made. */
  private addMedia(): void {
    clearTimeout(this.offerTimer);
    if (this.mediaAdded) return;
    this.mediaAdded = true;
    for (const kind of this.options.kinds) {
      const track = this.options.stream?.getTracks().find((candidate) => candidate.kind === kind);
      if (track && this.options.stream) this.pc.addTrack(track, this.options.stream);
      else if (!this.options.polite) this.pc.addTransceiver(kind, { direction: "recvonly" });
    }
    this.video.begin();
    if (this.offerPending && this.pc.signalingState === "stable") void this.offer();
  }

  private senderOf(kind: string): RTCRtpSender | undefined {
    return this.pc.getSenders().find(({ track }) => track?.kind === kind);
  }

  /**
   * Once both have agreed, only the impolite side offers, and the polite one asks it to: two offers that
   * collide would be resolved by a rollback, after which Chromium shows no more of the stranger's video.
   */
  private restart(): void {
    if (!this.mediaAdded) this.addMedia();
    else if (this.options.polite) this.sendDescriptionFrame({ type: "rollback" });
    else this.restartIce();
  }

  private restartIce(): void {
    if (this.restarting) return;
    this.restarting = true;
    void this.credentials.fresh().then(() => {
      this.restarting = false;
      if (!this.closed) this.pc.restartIce();
    });
  }

  private sendDescription(): void {
    const local = this.pc.localDescription;
    if (!local) return;
    this.sendDescriptionFrame({
      type: local.type,
      sdp: this.hideAddress ? hiddenDescription(local.sdp) : local.sdp,
    });
  }

  private sendDescriptionFrame(description: SessionDescription): void {
    if (!this.closed) this.options.send({ type: "description", match: this.options.match, description });
  }

  private sendCandidatesAgain(): void {
    const { connectionState, localDescription } = this.pc;
    if (this.closed || connectionState === "connected") return;
    const isCurrent = ({ usernameFragment }: Candidate) =>
      !usernameFragment || localDescription?.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`) === true;
    this.batcher.resend(isCurrent);
  }

  private candidateGathered(candidate: RTCIceCandidate | null): void {
    // The last, empty one only says that gathering ended.
    const said = candidate?.candidate;
    const line = said && this.hideAddress ? hiddenCandidate(said) : said;
    if (candidate && line) this.batcher.add({ ...candidate.toJSON(), candidate: line });
  }

  /** Of each kind the newest only: of several, browsers show another one than is looked at here. */
  private trackArrived(track: MediaStreamTrack): void {
    if (!this.options.kinds.some((kind) => kind === track.kind)) return; // not what the two have met for
    for (const other of this.remote.getTracks())
      if (other.kind === track.kind) this.remote.removeTrack(other);
    this.remote.addTrack(track);
    this.options.onTrack(this.remote);
  }
}
