// Reads the statistics of a connection once a second, and reports the rung for my picture, the quality for the
// visitor, and once whether my media goes through a relay.

import { adapt, initialState, type LadderState } from "../core/quality/adaptation";
import type { Ladder, Rung } from "../core/quality/ladder";
import {
  initialLabel,
  type LabelState,
  labelOfRung,
  type QualityVerdict,
  updateLabel,
} from "../core/quality/quality-label";
import { between, type Reading, read, type Sample } from "../core/quality/statistics";

export const EVERY_MS = 1_000;

export interface QualityMonitorOptions {
  ladder: Ladder;
  /** Undefined when the connection is gone. */
  statistics: () => Promise<RTCStatsReport> | undefined;
  onRung: (rung: Rung) => void;
  onVerdict: (verdict: QualityVerdict) => void;
  onRoute: (relay: boolean) => void;
  /** Gets each sample, and whether the network allows only a small picture of mine. */
  onSample?: (sample: Sample, small: boolean) => void;
  now?: () => number;
}

export class QualityMonitor {
  private readonly now: () => number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private routeTold = false;
  private ladder: Ladder;
  private before: Reading | undefined;
  private quality: LadderState;
  private label: LabelState;

  constructor(private readonly options: QualityMonitorOptions) {
    this.now = options.now ?? (() => performance.now());
    this.ladder = options.ladder;
    this.quality = initialState(this.now());
    this.label = initialLabel(this.now());
    options.onRung(this.rung());
    void this.look();
  }

  /** Changes to another ladder and keeps the rung. */
  setLadder(ladder: Ladder): void {
    if (ladder === this.ladder) return;
    this.ladder = ladder;
    this.quality = { ...this.quality, rung: Math.min(this.quality.rung, ladder.length - 1) };
    this.options.onRung(this.rung());
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const report = await this.options.statistics();
    if (this.stopped) return;
    if (report) this.take(read(report));
    this.timer = setTimeout(() => void this.look(), EVERY_MS);
  }

  private take(reading: Reading): void {
    const { before } = this;
    this.before = reading;
    if (!before) return;
    if (reading.relayed !== undefined && !this.routeTold) {
      this.routeTold = true;
      this.options.onRoute(reading.relayed);
    }
    const [sample, now, rung] = [between(before, reading), this.now(), this.quality.rung];
    this.quality = adapt(this.quality, sample, this.ladder, now);
    if (this.quality.rung !== rung) this.options.onRung(this.rung());
    this.label = updateLabel(this.label, sample, this.quality, this.ladder, now);
    const picture = sample.frames !== undefined && labelOfRung(this.quality.rung, this.ladder);
    this.options.onSample?.(sample, picture !== false && picture !== "good");
    this.options.onVerdict(this.label);
  }

  private rung(): Rung {
    return this.ladder[this.quality.rung] ?? this.ladder[0];
  }
}
