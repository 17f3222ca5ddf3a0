// Sends my picture over one connection in the shape that it shall have, from its first frame on, or not at all.

import { scaleOf, type VideoEncoding } from "../core/quality/encoding";

const ATTEMPTS = 10;

export class VideoSender {
  /** Resolves when all that was asked for so far is so. */
  applied: Promise<unknown> = Promise.resolve();
  private closed = false;
  /** A picture that is not sent, because its shape was refused. */
  private withheld: { sender: RTCRtpSender; track: MediaStreamTrack } | undefined;
  /** What may be sent at any moment, in the place of the one that is. */
  private readonly successors = new Set<MediaStreamTrack>();

  constructor(
    private readonly pc: RTCPeerConnection,
    private wanted: VideoEncoding,
  ) {}

  /** The picture is on the connection now. */
  begin(): void {
    this.setEncoding(this.wanted);
  }

  /** From now on it is sent like this; each change waits for the one before. */
  setEncoding(encoding: VideoEncoding): void {
    this.wanted = encoding;
    this.applied = this.applied
      .then(() => this.apply(ATTEMPTS))
      .catch((error: Error) => this.refused(error, encoding));
  }

  /** Another camera in the place of the one before, without a new negotiation. */
  async replace(track: MediaStreamTrack): Promise<void> {
    const sender = this.sender();
    if (!sender) return;
    // Its size may be another one, and not even its first picture may be sent larger than it should.
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

  close(): void {
    this.closed = true;
  }

  private sender(): RTCRtpSender | undefined {
    return this.pc.getSenders().find(({ track }) => track?.kind === "video") ?? this.withheld?.sender;
  }

  /** An agreement that was reached just then changes what was to be changed: so it is asked for once more. */
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
      // Older browsers have none to change before there is an agreement.
      if (longest !== undefined && parameters.encodings.length === 0) throw new Error("no encodings");
      await sender.setParameters(parameters);
      await this.release();
    } catch (error) {
      if (!this.closed && attempts === 1) throw error;
      await this.apply(attempts - 1);
    }
  }

  /** Rather no picture than one in which more is to be seen than should be. */
  private async refused(error: Error, { longest }: VideoEncoding): Promise<void> {
    console.warn("shape refused:", error.name);
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
