// The parts of RTCPeerConnection that a negotiation needs: signaling states, implicit answers and rollback.

type State = "stable" | "have-local-offer" | "have-remote-offer" | "closed";

type Parameters = Pick<RTCRtpSendParameters, "encodings" | "degradationPreference">;

/** Accepts parameters like a browser: only the last ones that it returned, and with a delay. */
export class FakeSender {
  encodings: RTCRtpEncodingParameters[] = [{ active: true }];
  degradationPreference: RTCDegradationPreference | undefined;
  /** How often something else changes the parameters meanwhile. */
  disturbances = 0;
  private given: unknown;

  constructor(public track: { kind: string } | null) {}

  getParameters(): Parameters {
    const given = { encodings: this.encodings.map((encoding) => ({ ...encoding })) };
    this.given = given;
    return given;
  }

  async setParameters(parameters: Parameters): Promise<void> {
    if (parameters !== this.given) throw new Error("parameters that were not given last");
    await Promise.resolve();
    this.given = undefined;
    if (this.disturbances-- > 0) throw new Error("modified meanwhile");
    this.encodings = parameters.encodings;
    this.degradationPreference = parameters.degradationPreference;
  }

  async replaceTrack(track: { kind: string } | null): Promise<void> {
    await Promise.resolve();
    this.track = track;
  }
}

export class FakeChannel {
  readyState = "connecting";
  readonly sent: string[] = [];
  bufferedAmount = 0;
  onopen?: () => void;
  onmessage?: (event: { data: unknown }) => void;

  constructor(readonly id: number) {}

  open(): void {
    this.readyState = "open";
    this.onopen?.();
  }

  send(data: string): void {
    if (this.readyState !== "open") throw new Error("not open");
    this.sent.push(data);
  }
}

export class FakeConnection {
  signalingState: State = "stable";
  connectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  tracks: string[] = [];
  candidates: unknown[] = [];
  restarts = 0;
  offers = 0;
  /** Its descriptions have a section for each kind of media, as a browser's do. */
  hasSections = false;
  readonly senders: FakeSender[] = [];
  channels: FakeChannel[] = [];
  receivers: { track: { kind: string }; getSynchronizationSources(): { audioLevel?: number }[] }[] = [];
  private needed = false;
  onnegotiationneeded?: () => void;
  onicecandidate?: (event: { candidate: unknown }) => void;
  onconnectionstatechange?: () => void;
  ondatachannel?: (event: { channel: { close(): void } }) => void;
  ontrack?: (event: { track: unknown }) => void;

  /** With a `fingerprint`, its descriptions name it, as a browser's do. */
  constructor(
    public configuration: RTCConfiguration = {},
    private readonly fingerprint?: string,
  ) {}

  setConfiguration(configuration: RTCConfiguration): void {
    this.mustBeOpen();
    this.configuration = configuration;
  }

  addTrack(track: { kind: string }): void {
    this.tracks.push(track.kind);
    this.senders.push(new FakeSender(track));
    this.needNegotiation();
  }

  addTransceiver(kind: string): void {
    this.tracks.push(`${kind} recvonly`);
    this.needNegotiation();
  }

  createDataChannel(_label: string, { id = 0 }: RTCDataChannelInit = {}): FakeChannel {
    const channel = new FakeChannel(id);
    this.channels.push(channel);
    this.needNegotiation();
    return channel;
  }

  getSenders(): FakeSender[] {
    return this.senders;
  }

  getReceivers(): FakeConnection["receivers"] {
    return this.receivers;
  }

  restartIce(): void {
    this.restarts++;
    this.needNegotiation();
  }

  /** Fires one event for several changes, and only in a stable state. */
  needNegotiation(): void {
    if (this.needed || this.signalingState !== "stable") return;
    this.needed = true;
    queueMicrotask(() => {
      this.needed = false;
      this.onnegotiationneeded?.();
    });
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    this.mustBeOpen();
    if (this.signalingState === "have-remote-offer") {
      const offer = this.remoteDescription?.sdp ?? "";
      const said = this.hasSections ? offer.replace(/^m=.*\r\n/gm, "") : offer;
      this.localDescription = this.signed("answer", `answer to ${said}`);
      this.signalingState = "stable";
    } else {
      this.localDescription = this.signed("offer", `offer ${++this.offers}`);
      this.signalingState = "have-local-offer";
    }
  }

  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    await Promise.resolve();
    this.mustBeOpen();
    const answer = description.type === "answer";
    if (answer && this.signalingState !== "have-local-offer") throw new Error("an answer to nothing");
    // A remote offer rolls back our own, as in browsers.
    this.signalingState = answer ? "stable" : "have-remote-offer";
    this.remoteDescription = description;
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) throw new Error("no remote description");
    this.candidates.push(candidate);
  }

  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.signalingState = "closed";
  }

  private signed(type: string, text: string): { type: string; sdp: string } {
    const line = this.fingerprint ? `a=fingerprint:sha-256 ${this.fingerprint}\r\n` : "";
    const kinds = new Set(this.tracks.map((track) => track.split(" ")[0]));
    const sections = this.hasSections ? [...kinds].map((kind) => `m=${kind} 9\r\n`).join("") : "";
    return { type, sdp: line + sections + text };
  }

  private mustBeOpen(): void {
    if (this.signalingState === "closed") throw new Error("closed");
  }
}
