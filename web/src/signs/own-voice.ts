// Shows at the microphone button that I am heard, and tells who speaks while muted, once.

import { listen, SILENT } from "../core/speaking";
import { GAIN, type LevelMeter } from "../devices/level-meter";

/** A cough or a door is shorter. */
export const MUTED_SPEECH_MS = 1_200;
/** The level is shown in steps, so that the page is not drawn anew for nothing. */
const STEPS = 12;

export interface OwnVoiceParts {
  meter: Pick<LevelMeter, "start" | "stop">;
  /** Shows a level of 0…1. */
  show: (level: number) => void;
  /** Tells that I am muted. */
  tell: () => void;
}

export class OwnVoice {
  private measured: MediaStreamTrack | undefined;
  /** A muted track has no level, so a copy is measured. It goes nowhere else. */
  private copy: MediaStreamTrack | undefined;
  private muted = false;
  private voice = SILENT;
  private spokeSince: number | undefined;
  private told = false;
  private shown = 0;

  constructor(private readonly parts: OwnVoiceParts) {}

  /** `microphone` is measured, until there is another one or none. */
  update(microphone: MediaStreamTrack | undefined, muted: boolean): void {
    if (muted !== this.muted) this.told = false;
    this.muted = muted;
    if (muted) this.step(0);
    if (microphone === this.measured) return;
    this.measured = microphone;
    this.stop();
    if (microphone) this.start(microphone);
  }

  private start(microphone: MediaStreamTrack): void {
    const copy = microphone.clone();
    copy.enabled = true;
    this.copy = copy;
    this.parts.meter.start(new MediaStream([copy]), (level) => this.heard(level, performance.now()));
  }

  private stop(): void {
    this.parts.meter.stop();
    this.copy?.stop();
    this.copy = this.spokeSince = undefined;
    this.voice = SILENT;
    this.step(0);
  }

  private heard(level: number, now: number): void {
    this.voice = listen(this.voice, level / GAIN, now);
    if (!this.muted) this.step(Math.round(level * STEPS) / STEPS);
    this.spokeSince = this.voice.speaks && this.muted ? (this.spokeSince ?? now) : undefined;
    const spoke = this.spokeSince === undefined ? 0 : this.voice.heardAt - this.spokeSince;
    if (this.told || spoke < MUTED_SPEECH_MS) return;
    this.told = true;
    this.parts.tell();
  }

  private step(level: number): void {
    if (level === this.shown) return;
    this.shown = level;
    this.parts.show(level);
  }
}
