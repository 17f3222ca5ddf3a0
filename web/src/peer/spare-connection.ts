// A connection to nobody yet: made, with a certificate of its own, before a stranger is there.

export type Connect = (configuration: RTCConfiguration) => RTCPeerConnection;

/** What cannot be changed later is the same for all. */
const FIXED: RTCConfiguration = { bundlePolicy: "max-bundle" };

export class SpareConnection {
  private spare: RTCPeerConnection | undefined;

  constructor(private readonly connect: Connect = (configuration) => new RTCPeerConnection(configuration)) {}

  /**
   * Nothing is gathered for it, so it costs nobody a port or a place at a relay, and no credentials expire.
   * A certificate serves one stranger only, for by it two of them could tell that they met the same person.
   */
  prepare(): void {
    this.spare ??= this.connect(FIXED);
  }

  /** The connection for a stranger who is there now. */
  take(configuration: RTCConfiguration): RTCPeerConnection {
    const { spare } = this;
    this.spare = undefined;
    if (!spare) return this.connect({ ...FIXED, ...configuration });
    spare.setConfiguration({ ...FIXED, ...configuration });
    return spare;
  }
}
