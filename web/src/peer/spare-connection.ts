// Keeps a connection ready, with its own certificate, before a stranger is there.

export type Connect = (configuration: RTCConfiguration) => RTCPeerConnection;

/** The part of the configuration that cannot be changed later. */
const FIXED: RTCConfiguration = { bundlePolicy: "max-bundle" };

export class SpareConnection {
  private spare: RTCPeerConnection | undefined;

  constructor(private readonly connect: Connect = (configuration) => new RTCPeerConnection(configuration)) {}

  /**
   * Makes the connection. It gathers nothing yet, so it takes no port and no place at a relay. Each stranger
   * gets another certificate: otherwise two of them could tell that they met the same visitor.
   */
  prepare(): void {
    this.spare ??= this.connect(FIXED);
  }

  /** Returns the connection for the current stranger. */
  take(configuration: RTCConfiguration): RTCPeerConnection {
    const { spare } = this;
    this.spare = undefined;
    if (!spare) return this.connect({ ...FIXED, ...configuration });
    spare.setConfiguration({ ...FIXED, ...configuration });
    return spare;
  }
}
