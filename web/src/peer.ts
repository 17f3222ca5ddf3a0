// One WebRTC connection to one stranger: perfect negotiation, batched candidates, and repeats of what was
// lost. It knows neither the page nor the socket. Each match gets a new Peer.

import type { DevicesOn, Link } from "./core/call/state";
import type { VideoEncoding } from "./core/quality/encoding";
import type { Candidate, Candidates, Description, Ice, SessionDescription } from "./messages.generated";
import { CandidateBatcher } from "./peer/candidate-batcher";
import {
  fingerprintOf,
  hasFewSections,
  hasOneFingerprint,
  hasSection,
  mayBelong,
} from "./peer/description-shape";
import { hiddenCandidate, hiddenDescription } from "./peer/hide-address";
import { configurationOf } from "./peer/ice-configuration";
import { IceHealth } from "./peer/ice-health";
import { PeerChannel } from "./peer/peer-channel";
import { withStartBitrate } from "./peer/start-bitrate";
import { ToldDevices } from "./peer/told-devices";
import { TurnCredentials } from "./peer/turn-credentials";
import { VideoSender } from "./peer/video-sender";

export type Signal = Description | Candidates;
export type MediaKind = "audio" | "video";

export interface PeerOptions {
  match: string;
  /** The polite side yields when both offer at once, and lets the other side offer first. */
  polite: boolean;
  ice: Ice;
  /** Sends media only through a relay, if there is one, so that no candidate shows my address. */
  hideAddress?: boolean;
  kinds: readonly MediaKind[];
  stream: MediaStream | undefined;
  /** After a reload the devices are opened meanwhile. Until then, signals wait. */
  later?: Promise<MediaStream | undefined>;
  /** The fingerprint of the stranger's connection to this visitor's page before a reload. It is of no use. */
  former?: string | undefined;
  /** How the first picture is sent. */
  encoding: VideoEncoding;
  send: (signal: Signal) => void;
  onTrack: (stream: MediaStream) => void;
  onLink: (link: Link) => void;
  /** The stranger's page says which of their devices are on. */
  onDevices?: (on: DevicesOn) => void;
  /** The credentials have expired. New ones must come by `updateIce` before candidates are gathered again. */
  renewCredentials: () => void;
  connection?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A page of ours sends fewer candidate frames before its description. */
const MAX_EARLY_FRAMES = 8;
/** A polite side that receives no offer in this time makes one. */
const OFFER_TIMEOUT_MS = 3_000;

export class Peer {
  private pc: RTCPeerConnection;
  private batcher: CandidateBatcher;
  private remote = new MediaStream();
  private makingOffer = false;
  private ignoreOffer = false;
  private mediaAdded = false;
  /** The kinds of media that this match is for. */
  private kinds: readonly MediaKind[];
  /** The kinds that this connection has a place for. */
  private readonly added = new Set<MediaKind>();
  private offerPending = false;
  private closed = false;
  /** Candidates that came before their description. */
  private earlyCandidates: Candidates[] = [];
  /** Signals are handled one after the other. Otherwise a repeated offer could meet its own answer. */
  private lastSignal: Promise<unknown> = Promise.resolve();
  private readonly health: IceHealth;
  private readonly credentials: TurnCredentials;
  private restarting = false;
  private offerTimer: ReturnType<typeof setTimeout> | undefined;
  private video: VideoSender;
  /** Messages between the two pages. */
  readonly channel = new PeerChannel();
  private readonly devices: ToldDevices;
  private readonly hideAddress: boolean;
  private readonly connect: (configuration: RTCConfiguration) => RTCPeerConnection;
  private ice: Ice;
  private encoding: VideoEncoding;
  private stream: MediaStream | undefined;
  /** The devices are not open yet. */
  private waiting = false;

  constructor(private readonly options: PeerOptions) {
    this.connect = options.connection ?? ((configuration) => new RTCPeerConnection(configuration));
    const configuration = configurationOf(options.ice, options.hideAddress);
    this.hideAddress = options.hideAddress === true && configuration.iceTransportPolicy === "relay";
    this.ice = options.ice;
    this.encoding = options.encoding;
    this.stream = options.stream;
    this.kinds = options.kinds;
    this.pc = this.connect(configuration);
    this.video = new VideoSender(this.pc, options.encoding);
    this.devices = new ToldDevices(this.channel, (on) => options.onDevices?.(on));
    this.batcher = this.newBatcher();
    this.credentials = new TurnCredentials(options.ice, options.renewCredentials);
    this.health = new IceHealth({
      polite: options.polite,
      onLink: options.onLink,
      restart: () => this.restart(),
    });
    this.watch();
    if (options.later || this.credentials.expired) this.wait(options.later ?? options.stream);
    else this.begin();
  }

  /** The fingerprint of the stranger's connection, once it is known. */
  get fingerprint(): string | undefined {
    return fingerprintOf(this.pc.remoteDescription);
  }

  /** What both ends have said of the connection. */
  get descriptions(): readonly [mine: RTCSessionDescription | null, theirs: RTCSessionDescription | null] {
    return [this.pc.localDescription, this.pc.remoteDescription];
  }

  /** Handles a signal of the partner. One of another match is ignored. */
  receive(signal: Signal): Promise<void> {
    const taken = this.lastSignal.then(() => this.take(signal));
    this.lastSignal = taken.catch(() => {});
    return taken;
  }

  /**
   * Says whether signals reach the stranger. When they do again, an unanswered offer is sent again, and so
   * are the candidates if there is no connection.
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

  /** Sets other servers or credentials, for what is gathered from now on. */
  updateIce(ice: Ice): void {
    this.ice = ice;
    this.pc.setConfiguration(this.configuration());
    this.credentials.replace(ice);
  }

  /** Changes how my picture is sent. Each change waits for the one before. */
  setEncoding(encoding: VideoEncoding): void {
    this.encoding = encoding;
    this.video.setEncoding(encoding);
  }

  /**
   * Goes on with other kinds of media over the same connection. As always after the first negotiation, the impolite side
   * makes the offer, and the polite side adds its track to the answer.
   */
  async setKinds(kinds: readonly MediaKind[], stream: MediaStream | undefined): Promise<void> {
    const more = kinds.filter((kind) => !this.kinds.includes(kind));
    const less = this.kinds.filter((kind) => !kinds.includes(kind));
    this.kinds = kinds;
    this.stream = stream;
    for (const track of this.remote.getTracks())
      if (!kinds.some((kind) => kind === track.kind)) this.remote.removeTrack(track);
    if (less.includes("video")) await this.video.remove();
    for (const { track } of this.pc.getReceivers())
      if (more.some((kind) => kind === track.kind)) this.trackArrived(track);
    for (const kind of more) {
      const track = this.mine(kind);
      if (track && this.added.has(kind)) await this.replace(track);
    }
    if (this.mediaAdded) this.addTracks();
  }

  /** Replaces the camera or microphone without a new negotiation. */
  async replace(track: MediaStreamTrack): Promise<void> {
    if (!this.kinds.some((kind) => kind === track.kind)) return; // it waits until both want it
    if (track.kind === "video") await this.video.replace(track);
    else await this.senderOf(track.kind)?.replaceTrack(track);
  }

  /** Tells the stranger's page which of my devices are on. */
  tellDevices(on: DevicesOn): void {
    this.devices.tell(on);
  }

  /** How loud the stranger's last sound was (0…1). Undefined if there was none, or the browser does not say. */
  get heardLevel(): number | undefined {
    const receiver = this.pc.getReceivers().find(({ track }) => track.kind === "audio");
    return receiver?.getSynchronizationSources()[0]?.audioLevel;
  }

  /** Returns the statistics of the connection. */
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

  private newBatcher(): CandidateBatcher {
    const { match, send } = this.options;
    return new CandidateBatcher((candidates) => send({ type: "candidates", match, candidates }));
  }

  private configuration(): RTCConfiguration {
    const configuration = configurationOf(this.ice);
    // A hidden address stays hidden, even if there is no relay any more.
    if (this.hideAddress) configuration.iceTransportPolicy = "relay";
    return configuration;
  }

  private watch(): void {
    const { pc } = this;
    pc.onnegotiationneeded = () => this.negotiationNeeded();
    pc.onicecandidate = ({ candidate }) => this.candidateGathered(candidate);
    pc.ondatachannel = ({ channel }) => channel.close(); // pages of ours open theirs on both sides
    pc.ontrack = ({ track }) => this.trackArrived(track);
    pc.onconnectionstatechange = () => this.health.changed(pc.connectionState);
  }

  private begin(): void {
    if (this.closed) return;
    if (this.offersFirst) this.addMedia();
    else this.offerTimer = setTimeout(() => this.addMedia(), OFFER_TIMEOUT_MS);
  }

  /** Begins when the devices are open and the credentials are good. Signals wait until then. */
  private wait(later: PromiseLike<MediaStream | undefined> | MediaStream | undefined): void {
    this.waiting = true;
    this.lastSignal = Promise.all([later, this.credentials.fresh()]).then(([stream]) => {
      this.stream = stream;
      this.waiting = false;
      this.begin();
    });
  }

  /** After a reload only this side knows that there is a new connection, so it offers whoever is polite. */
  private get offersFirst(): boolean {
    return !this.options.polite || this.options.former !== undefined;
  }

  /** Begins with another connection, because the stranger's page was loaded again and has another one, too. */
  private renew(): void {
    const { pc } = this;
    pc.onnegotiationneeded = pc.onicecandidate = pc.ontrack = pc.onconnectionstatechange = null;
    pc.close();
    clearTimeout(this.offerTimer);
    this.batcher.close();
    this.video.close();
    this.makingOffer = this.mediaAdded = this.offerPending = false;
    this.added.clear();
    this.earlyCandidates = [];
    this.remote = new MediaStream();
    this.pc = this.connect(this.configuration());
    this.video = new VideoSender(this.pc, this.encoding);
    this.batcher = this.newBatcher();
    this.watch();
    this.health.renewed();
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

  /** Other servers alone make Chromium want an offer. An empty offer is refused and breaks the connection. */
  private negotiationNeeded(): void {
    if (this.mediaAdded) void this.offer();
    else this.offerPending = true; // the browser does not ask for it a second time
  }

  private async offer(): Promise<void> {
    const { pc } = this;
    const isOver = () => this.closed || pc !== this.pc;
    try {
      this.makingOffer = true;
      await this.video.applied; // nothing is sent before the negotiation ends, so nothing has another encoding
      await pc.setLocalDescription();
      this.sendDescription();
    } catch (error) {
      if (!isOver()) throw error;
    } finally {
      if (!isOver()) this.makingOffer = false;
    }
  }

  /** Returns whether it comes from another connection than the one that this side is connected to. */
  private isOfAnother(description: SessionDescription): boolean {
    const [known, said] = [this.fingerprint, fingerprintOf(description)];
    return known !== undefined && said !== undefined && said !== known;
  }

  private async applyDescription(description: SessionDescription): Promise<void> {
    // Each section makes the browser build a transceiver.
    if (!hasFewSections(description.sdp ?? "")) throw new RangeError("a description with too many sections");
    if (!hasOneFingerprint(description.sdp ?? ""))
      throw new RangeError("a description of several connections");
    const { former } = this.options;
    // The stranger's page has not yet heard of this connection.
    if (description.type === "offer" && former !== undefined && fingerprintOf(description) === former) return;
    if (this.isOfAnother(description)) {
      if (description.type !== "answer" && description.type !== "offer") return;
      await this.credentials.fresh();
      if (this.closed) return;
      this.renew();
      if (description.type === "answer") return this.addMedia();
    }
    // A second offer restarts ICE, so both sides gather again.
    if (description.type === "offer" && this.pc.remoteDescription) await this.credentials.fresh();
    const { signalingState } = this.pc;
    if (description.type === "rollback") {
      // An offer on its way is as new as the one that is asked for.
      if (!this.options.polite && signalingState === "stable" && !this.makingOffer) this.restartIce();
      return;
    }
    // A repeated offer gets a repeated answer.
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
    this.sendCandidatesAgain(); // the answer to the first offer may be lost, and its candidates with it
  }

  private async addCandidates(signal: Candidates): Promise<void> {
    if (!this.pc.remoteDescription && !this.ignoreOffer) {
      this.earlyCandidates = [...this.earlyCandidates, signal].slice(-MAX_EARLY_FRAMES);
      return;
    }
    const { sdp = "" } = this.pc.remoteDescription ?? {};
    for (const candidate of signal.candidates.filter((one) => mayBelong(one, sdp))) {
      try {
        await this.pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.ignoreOffer) throw error; // the candidates belong to an offer that was ignored
      }
    }
  }

  /** Adds what is missing of my media to the connection, and the channel once. */
  private addMedia(): void {
    clearTimeout(this.offerTimer);
    this.addTracks();
    if (this.mediaAdded) return;
    this.mediaAdded = true;
    this.channel.open(this.pc);
    this.video.begin();
    if (this.offerPending && this.pc.signalingState === "stable") void this.offer();
  }

  /**
   * Adds each of my tracks once. After a remote offer they use its transceivers. Later, the polite side waits for an offer
   * that has a place for them.
   */
  private addTracks(): void {
    const { remoteDescription } = this.pc;
    for (const kind of this.kinds) {
      if (this.added.has(kind)) continue;
      if (this.options.polite && this.mediaAdded && !hasSection(remoteDescription, kind)) continue;
      this.added.add(kind);
      const track = this.mine(kind);
      if (track && this.stream) this.pc.addTrack(track, this.stream);
      else if (this.offersFirst) this.pc.addTransceiver(kind, { direction: "recvonly" });
      if (this.mediaAdded && kind === "video") this.video.begin();
    }
  }

  private mine(kind: MediaKind): MediaStreamTrack | undefined {
    return this.stream?.getTracks().find((track) => track.kind === kind);
  }

  private senderOf(kind: string): RTCRtpSender | undefined {
    return this.pc.getSenders().find(({ track }) => track?.kind === kind);
  }

  /**
   * After the first negotiation only the impolite side offers, and the polite side asks it to. Two colliding
   * offers would need a rollback, after which Chromium shows no more video of the stranger.
   */
  private restart(): void {
    if (this.waiting) return;
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
    // The last, empty candidate only marks the end of gathering.
    const said = candidate?.candidate;
    const line = said && this.hideAddress ? hiddenCandidate(said) : said;
    if (candidate && line) this.batcher.add({ ...candidate.toJSON(), candidate: line });
  }

  /**
   * Keeps only the newest track of each kind. With several, browsers would show another one than is checked
   * here.
   */
  private trackArrived(track: MediaStreamTrack): void {
    if (!this.kinds.some((kind) => kind === track.kind)) return; // the match is not for this kind
    for (const other of this.remote.getTracks())
      if (other.kind === track.kind) this.remote.removeTrack(other);
    this.remote.addTrack(track);
    this.options.onTrack(this.remote);
  }
}
