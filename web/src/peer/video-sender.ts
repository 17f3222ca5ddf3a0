// Sends my picture with the wanted encoding from its first frame on, or not at all.

import { scaleOf, type VideoEncoding } from "../core/quality/encoding";

const ATTEMPTS = 10;

export class VideoSender {
  /** Resolves when everything requested so far has been applied. */
  applied: Promise<unknown> = Promise.resolve();
  private closed = false;
  /** The one that sends pictures. A sender without a track does not say its kind, so it is remembered. */
  private known: RTCRtpSender | undefined;
  /** A picture that is not sent, because its encoding was refused. */
  private withheld: { sender: RTCRtpSender; track: MediaStreamTrack } | undefined;
  /** Tracks that may be sent at any moment. */
  private readonly successors = new Set<MediaStreamTrack>();

  constructor(
    private readonly pc: RTCPeerConnection,
    private wanted: VideoEncoding,
  ) {}

  /** The track has been added to the connection. */
  begin(): void {
    this.setEncoding(this.wanted);
  }

  /** Changes how the picture is sent. Each change waits for the one before. */
  setEncoding(encoding: VideoEncoding): void {
    this.wanted = encoding;
    this.applied = this.applied
      .then(() => this.apply(ATTEMPTS))
      .catch((error: Error) => this.refused(error, encoding));
  }

  /** Replaces the camera without a new negotiation. */
  async replace(track: MediaStreamTrack): Promise<void> {
    const sender = this.sender();
    if (!sender) return;
    // The new picture may be larger, and even its first frame must not be.
    this.successors.add(track);
    this.setEncoding(this.wanted);
    await this.applied;
    try {
      if (sender === this.withheld?.sender) this.withheld = { sender, track };
      else await sender.replaceTrack(track);
    } finally {
      this.successors.delete(track);
    }
    this.setEncoding(this.wanted);
  }

  /** Sends no picture until `replace` gives another track. */
  async remove(): Promise<void> {
    const sender = this.sender();
    await this.applied;
    this.withheld = undefined;
    await sender?.replaceTrack(null);
  }

  close(): void {
    this.closed = true;
  }

  private sender(): RTCRtpSender | undefined {
    const found = this.pc.getSenders().find(({ track }) => track?.kind === "video");
    this.known = found ?? this.known;
    return this.known;
  }

  /**
   * Applies the encoding. A negotiation at the same moment invalidates the parameters, so this is tried
   * again.
   */
  private async apply(attempts: number): Promise<void> {
    const sender = this.sender();
    if (this.closed || !sender) return;
    const parameters = sender.getParameters();
    const { longest, maxBitrate, maxFramerate, paused, motion } = this.wanted;
    const track = this.withheld?.track ?? sender.track;
    const scaleDownBy = scaleOf(this.wanted, track, ...this.successors);
    for (const encoding of parameters.encodings) {
      const active = !paused;
      Object.assign(encoding, { active, scaleResolutionDownBy: scaleDownBy, maxBitrate, maxFramerate });
    }
    Object.assign(parameters, { degradationPreference: motion ? "maintain-framerate" : undefined });
    try {
      // Older browsers have no encodings before the negotiation.
      if (longest !== undefined && parameters.encodings.length === 0) throw new Error("no encodings");
      await sender.setParameters(parameters);
      await this.release();
    } catch (error) {
      if (!this.closed && attempts === 1) throw error;
      await this.apply(attempts - 1);
    }
  }

  /** Sends no picture rather than one that shows too much. */
  private async refused(error: Error, { longest }: VideoEncoding): Promise<void> {
    console.warn("The browser refused an encoding:", error.name);
    const sender = this.sender();
    if (longest === undefined || !sender?.track) return;
    this.withheld = { sender, track: sender.track };
    await sender.replaceTrack(null);
  }

  private async release(): Promise<void> {
    if (!this.withheld) return;
    await this.withheld.sender.replaceTrack(this.withheld.track);
    this.withheld = undefined;
  }
}
