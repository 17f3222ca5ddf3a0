// Checks the pictures of the stranger and of the visitor on this device, during a video call.

import {
  type Assessment,
  after,
  type CheckState,
  hasBecomeWeak,
  invalidated,
  isClose,
  isWeak,
  judge,
  nextLook,
  type Pace,
  replaced,
  resized,
  type Seen,
  type Side,
  UNKNOWN,
  type Verdict,
} from "../core/check-policy";
import type { Classifier } from "./classifier";

export interface PictureCheckParts {
  load: () => Promise<Classifier>;
  /** Whether there is a picture to check. */
  shows: (side: Side) => boolean;
  /** Returns a small copy of the current picture. */
  picture: (side: Side) => Promise<ImageBitmap>;
  onChange: () => void;
  now?: () => number;
}

/** How often the check looks for a new picture. */
const POLL_MS = 200;
/**
 * Browsers sometimes fail to copy a picture, for example while its size changes. This many failures in a row
 * are permanent.
 */
const MAX_FAILURES = 5;
const PAUSE_MS = 500;
/** A result that is older than this says nothing any more. */
const FRESH_MS = 30_000;

export class PictureCheck {
  state: CheckState;
  private readonly assessments: Record<Side, Assessment> = { theirs: UNKNOWN, mine: UNKNOWN };
  private classifier: Classifier | undefined;
  private pace: Pace = { recent: [], free: 0, soonest: 0 };
  private count = 0;
  private met = false;
  private looking = false;
  private readonly failures: Record<Side, number> = { theirs: 0, mine: 0 };
  private seenMineAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows whenever the result of a running check no longer matters. */
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

  /** Turns the check on or off, as in the settings. */
  use(on: boolean): void {
    if (on === (this.state !== "off")) return;
    this.stop();
    for (const side of ["theirs", "mine"] as const) this.forget(side);
    this.state = on ? "idle" : "off";
    if (on && this.met) this.begin();
    this.parts.onChange();
  }

  /** Begins to check, because a video call has begun. */
  open(): void {
    this.met = true;
    this.forget("theirs");
    if (this.now() - this.seenMineAt > FRESH_MS) this.doubt("mine");
    this.begin();
  }

  /** Ends the checks of a call. The result for my picture stays valid for a short time. */
  close(): void {
    this.met = false;
    clearTimeout(this.timer);
    this.forget("theirs");
  }

  /** Drops the result, because a different picture is shown from now on. */
  forget(side: Side): void {
    this.assessments[side] = UNKNOWN;
    this.failures[side] = 0;
    this.turns[side]++;
  }

  /** Questions the result, because the picture may have changed. */
  doubt(side: Side): void {
    this.assessments[side] = invalidated(this.assessments[side]);
    this.turns[side]++;
  }

  /** Another track of the stranger is shown. */
  replaced(): void {
    this.changeTheirs(replaced(this.assessments.theirs));
  }

  /** The stranger's picture has another size. Undefined: it is too small to be looked at. */
  resized(size: string | undefined): void {
    this.changeTheirs(resized(this.assessments.theirs, size));
  }

  /** Looks again at once. The result of a look that is under way is about the picture before. */
  private changeTheirs(assessment: Assessment): void {
    this.assessments.theirs = assessment;
    this.turns.theirs++;
    this.plan();
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
    this.setState("loading");
    try {
      const classifier = await this.parts.load();
      if (this.state !== "loading") classifier.close();
      else this.started(classifier);
    } catch (error) {
      console.info("Pictures are not checked:", (error as Error).message); // the page says so, too
      if (this.state === "loading") this.setState("failed");
    }
  }

  private started(classifier: Classifier): void {
    this.classifier = classifier;
    this.pace = { recent: [], free: this.now(), soonest: this.now() };
    if (isWeak(classifier.cost)) this.stopWith("weak");
    else this.setState("ready");
    this.plan();
  }

  /**
   * Stops the check until the page is reloaded. A picture that was bad stays covered, so that nobody can
   * overload the check to be seen.
   */
  private stopWith(state: "weak" | "failed"): void {
    this.stop();
    for (const side of ["theirs", "mine"] as const) if (this[side] !== "bad") this.forget(side);
    this.setState(state);
  }

  private setState(state: CheckState): void {
    this.state = state;
    this.parts.onChange();
  }

  /** Plans the next look, at the earliest after `pause` milliseconds. */
  private plan(pause = 0): void {
    clearTimeout(this.timer);
    if (!this.met || this.looking || this.state !== "ready") return;
    const next = nextLook(
      { theirs: this.seen("theirs"), mine: this.seen("mine") },
      this.pace,
      this.count,
      this.now(),
    );
    // A picture that appears meanwhile must not wait for the others.
    const wait = Math.max(pause, Math.min(next?.wait ?? POLL_MS, POLL_MS));
    this.timer = setTimeout(() => {
      if (next && wait === next.wait && this.parts.shows(next.side)) void this.look(next.side);
      else this.plan();
    }, wait);
  }

  private seen(side: Side): Seen {
    return { there: this.parts.shows(side), assessment: this.assessments[side] };
  }

  private async look(side: Side): Promise<void> {
    const { classifier } = this;
    const turn = this.turns[side];
    if (!classifier) return;
    this.looking = true;
    this.count++;
    let pause = 0;
    try {
      const { score, cost } = await classifier.classify(await this.parts.picture(side));
      if (classifier === this.classifier) this.looked(side, turn, score, cost);
    } catch (error) {
      pause = PAUSE_MS;
      if (classifier === this.classifier) this.failed(side, turn, error as Error);
    } finally {
      this.looking = false;
      this.plan(pause);
    }
  }

  private looked(side: Side, turn: number, score: number, cost: number): void {
    const close = this.met && isClose(this.assessments.theirs, this.now());
    this.pace = after(this.pace, cost, this.now(), close);
    if (hasBecomeWeak(this.pace)) this.stopWith("weak");
    if (turn !== this.turns[side]) return;
    this.failures[side] = 0;
    if (side === "mine") this.seenMineAt = this.now();
    const before = this.assessments[side].verdict;
    this.assessments[side] = judge(this.assessments[side], score, side, this.now());
    if (this.assessments[side].verdict !== before) this.parts.onChange();
  }

  /** Counts a failure. A picture that disappeared during the check is not a failure. */
  private failed(side: Side, turn: number, error: Error): void {
    if (turn !== this.turns[side] || !this.parts.shows(side)) return;
    if (++this.failures[side] < MAX_FAILURES) return;
    console.info("Pictures are no longer checked:", error.message);
    this.stopWith("failed");
  }
}
