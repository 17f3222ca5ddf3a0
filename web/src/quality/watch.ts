// Looks once a second at how a connection does, and says on which rung to send and what to tell people.

import type { Ladder, Rung } from "../core/quality/ladder";
import { beginQuality, follow, type Quality } from "../core/quality/quality";
import { between, type Reading, read } from "../core/quality/statistics";
import { beginJudgement, type Judgement, judge, type Verdict } from "../core/quality/word";

export const EVERY_MS = 1_000;

export interface QualityWatchOptions {
  ladder: Ladder;
  /** Undefined when the connection is gone. */
  statistics: () => Promise<RTCStatsReport> | undefined;
  onRung: (rung: Rung) => void;
  onVerdict: (verdict: Verdict) => void;
  now?: () => number;
}

export class QualityWatch {
  private readonly now: () => number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private ladder: Ladder;
  private before: Reading | undefined;
  private quality: Quality;
  private judgement: Judgement;

  constructor(private readonly options: QualityWatchOptions) {
    this.now = options.now ?? (() => performance.now());
    this.ladder = options.ladder;
    this.quality = beginQuality(this.now());
    this.judgement = beginJudgement(this.now());
    options.onRung(this.rung());
    void this.look();
  }

  /** On the same rung of another ladder. */
  climb(ladder: Ladder): void {
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
    const [sample, now, rung] = [between(before, reading), this.now(), this.quality.rung];
    this.quality = follow(this.quality, sample, this.ladder, now);
    if (this.quality.rung !== rung) this.options.onRung(this.rung());
    this.judgement = judge(this.judgement, sample, this.quality, this.ladder, now);
    this.options.onVerdict(this.judgement);
  }

  private rung(): Rung {
    return this.ladder[this.quality.rung] ?? this.ladder[0];
  }
}
