// The check of pictures on this device: what it thinks of the stranger's and of mine, while a call is on.

import {
  type Assessment,
  after,
  type CheckState,
  hasBecomeWeak,
  invalidated,
  isWeak,
  judge,
  nextLook,
  type Pace,
  type Seen,
  type Side,
  UNKNOWN,
  type Verdict,
} from "../core/check-policy";
import type { Classifier } from "./classifier";

export interface PictureCheckParts {
  load: () => Promise<Classifier>;
  /** Whether there is anything to be seen. */
  shows: (whose: Side) => boolean;
  /** A small copy of what is seen just now. */
  picture: (whose: Side) => Promise<ImageBitmap>;
  onChange: () => void;
  now?: () => number;
}

/** How often it is asked whether there is a picture by now. */
const POLL_MS = 200;
/** A browser fails to copy a picture now and then, between two sizes of it, say; so many times in a row it cannot. */
const MOST_FAILURES = 5;
const PAUSE_MS = 500;
/** What was not looked at for so long may be something else by now. */
const FRESH_MS = 30_000;

export class PictureCheck {
  state: CheckState;
  private readonly assessments: Record<Side, Assessment> = { theirs: UNKNOWN, mine: UNKNOWN };
  private classifier: Classifier | undefined;
  private pace: Pace = { recent: [], free: 0 };
  private count = 0;
  private met = false;
  private looking = false;
  private readonly failures: Record<Side, number> = { theirs: 0, mine: 0 };
  private seenMineAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows whenever what a look that is under way will say concerns nobody any more. */
  private readonly turns: Record<Side, number> = { theirs: 0, mine: 0 };
  private readonly now: () => number;

  constructor(
    on: boolean,
    private readonly parts: PictureCheckParts,
  ) {
    this.state = on ? "idle" : "off";
    this.now = parts.now ?? (() => performance.now());
  }

  get theirs(): Verdict {
    return this.assessments.theirs.verdict;
  }

  get mine(): Verdict {
    return this.assessments.mine.verdict;
  }

  /** As the settings have it. */
  use(on: boolean): void {
    if (on === (this.state !== "off")) return;
    this.stop();
    for (const whose of ["theirs", "mine"] as const) this.forget(whose);
    this.state = on ? "idle" : "off";
    if (on && this.met) this.begin();
    this.parts.onChange();
  }

  /** Somebody is met with whom pictures are exchanged. */
  open(): void {
    this.met = true;
    this.forget("theirs");
    if (this.now() - this.seenMineAt > FRESH_MS) this.doubt("mine");
    this.begin();
  }

  /** They are gone. What it thinks of my picture stays for the next one who comes soon. */
  close(): void {
    this.met = false;
    clearTimeout(this.timer);
    this.forget("theirs");
  }

  /** Another picture than before comes from here on. */
  forget(whose: Side): void {
    this.assessments[whose] = UNKNOWN;
    this.failures[whose] = 0;
    this.turns[whose]++;
  }

  /** It may be another picture from here on. */
  doubt(whose: Side): void {
    this.assessments[whose] = invalidated(this.assessments[whose]);
    this.turns[whose]++;
  }

  private begin(): void {
    if (this.state === "idle") void this.start();
    else if (this.state === "ready") this.plan();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.classifier?.close();
    this.classifier = undefined;
  }

  private async start(): Promise<void> {
    this.become("loading");
    try {
      const classifier = await this.parts.load();
      if (this.state !== "loading") classifier.close();
      else this.started(classifier);
    } catch (error) {
      console.info("pictures are not checked:", (error as Error).message); // the page says so, too
      if (this.state === "loading") this.become("failed");
    }
  }

  private started(classifier: Classifier): void {
    this.classifier = classifier;
    this.pace = { recent: [], free: this.now() };
    if (isWeak(classifier.cost)) this.give("weak");
    else this.become("ready");
    this.plan();
  }

  /** It is over until the page is loaded again. What was bad stays covered: else who overtaxes it would be seen. */
  private give(state: "weak" | "failed"): void {
    this.stop();
    for (const whose of ["theirs", "mine"] as const) if (this[whose] !== "bad") this.forget(whose);
    this.become(state);
  }

  private become(state: CheckState): void {
    this.state = state;
    this.parts.onChange();
  }

  /** `pause`: so long nothing is looked at. */
  private plan(pause = 0): void {
    clearTimeout(this.timer);
    if (!this.met || this.looking || this.state !== "ready") return;
    const next = nextLook(
      { theirs: this.seen("theirs"), mine: this.seen("mine") },
      this.pace,
      this.count,
      this.now(),
    );
    // What begins to show meanwhile need not wait for what is there already.
    const wait = Math.max(pause, Math.min(next?.wait ?? POLL_MS, POLL_MS));
    this.timer = setTimeout(
      () => (next && wait === next.wait ? void this.look(next.whose) : this.plan()),
      wait,
    );
  }

  private seen(whose: Side): Seen {
    return { there: this.parts.shows(whose), assessment: this.assessments[whose] };
  }

  private async look(whose: Side): Promise<void> {
    const { classifier } = this;
    const turn = this.turns[whose];
    if (!classifier) return;
    this.looking = true;
    this.count++;
    let pause = 0;
    try {
      const { score, cost } = await classifier.look(await this.parts.picture(whose));
      if (classifier === this.classifier) this.looked(whose, turn, score, cost);
    } catch (error) {
      pause = PAUSE_MS;
      if (classifier === this.classifier) this.failed(whose, turn, error as Error);
    } finally {
      this.looking = false;
      this.plan(pause);
    }
  }

  private looked(whose: Side, turn: number, score: number, cost: number): void {
    this.pace = after(this.pace, cost, this.now());
    if (hasBecomeWeak(this.pace)) this.give("weak");
    if (turn !== this.turns[whose]) return;
    this.failures[whose] = 0;
    if (whose === "mine") this.seenMineAt = this.now();
    const before = this.assessments[whose].verdict;
    this.assessments[whose] = judge(this.assessments[whose], score, this.now());
    if (this.assessments[whose].verdict !== before) this.parts.onChange();
  }

  /** A picture that went away while it was looked at is no failure of the classifier. */
  private failed(whose: Side, turn: number, error: Error): void {
    if (turn !== this.turns[whose] || !this.parts.shows(whose)) return;
    if (++this.failures[whose] < MOST_FAILURES) return;
    console.info("pictures are not checked any more:", error.message);
    this.give("failed");
  }
}
