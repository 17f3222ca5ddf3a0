// Checks the pictures of the stranger and of the visitor on this device. Before a call it looks at the visitor's own,
// so that the classifier is loaded and warm when somebody comes.

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
/** How often my picture is looked at before a call. */
const PREVIEW_MS = 10_000;
/** A check that gave up tries again after this, and then after twice as long each time. */
const RETRY_MS = 60_000;

export class PictureCheck {
  state: CheckState;
  private readonly assessments: Record<Side, Assessment> = { theirs: UNKNOWN, mine: UNKNOWN };
  private classifier: Classifier | undefined;
  private pace: Pace = { recent: [], free: 0, soonest: 0 };
  private count = 0;
  /** Whose pictures are looked at: those of a call, only mine before it, or none. */
  private watches: "both" | "mine" | "none" = "none";
  private looking = false;
  private readonly failures: Record<Side, number> = { theirs: 0, mine: 0 };
  private seenMineAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retryAfter = RETRY_MS;
  /** Grows whenever a classifier that is still loading is no longer wanted. */
  private loads = 0;
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
    this.retryAfter = RETRY_MS;
    if (this.watches !== "none") this.begin();
    this.parts.onChange();
  }

  /** Begins to look at my picture before a call, or stops. */
  preview(on: boolean): void {
    if (this.watches === "both" || on === (this.watches === "mine")) return;
    this.watches = on ? "mine" : "none";
    clearTimeout(this.timer);
    if (on) this.begin();
  }

  /** Begins to check, because a video call has begun. */
  open(): void {
    this.watches = "both";
    this.forget("theirs");
    if (this.now() - this.seenMineAt > FRESH_MS) this.doubt("mine");
    this.begin();
  }

  /** Ends the checks of a call. The result for my picture stays valid for a short time. */
  close(): void {
    this.watches = "none";
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
    if (this.state === "ready") this.plan();
    if (this.state !== "idle") return;
    this.setState("loading");
    void this.start();
  }

  private stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.retry);
    this.classifier?.close();
    this.classifier = undefined;
    this.loads++;
  }

  private async start(): Promise<void> {
    const load = ++this.loads;
    try {
      const classifier = await this.parts.load();
      if (load === this.loads) this.started(classifier);
      else classifier.close();
    } catch (error) {
      console.info("Pictures are not checked:", (error as Error).message); // the page says so, too
      if (load === this.loads) this.stopWith("failed");
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
   * Stops the check for some time, because a device may be busy or offline only for a moment. A picture that
   * was bad stays covered, so that nobody can overload the check to be seen.
   */
  private stopWith(state: "weak" | "failed"): void {
    this.stop();
    for (const side of ["theirs", "mine"] as const) if (this[side] !== "bad") this.forget(side);
    this.retry = setTimeout(() => this.again(), this.retryAfter);
    this.retryAfter *= 2;
    this.setState(state);
  }

  /** Tries again. Until that has worked, the page says what it said before. */
  private again(): void {
    if (this.watches === "none") this.setState("idle");
    else void this.start();
  }

  private setState(state: CheckState): void {
    this.state = state;
    this.parts.onChange();
  }

  /** Plans the next look, at the earliest after `pause` milliseconds. */
  private plan(pause = 0): void {
    clearTimeout(this.timer);
    if (this.watches === "none" || this.looking || this.state !== "ready") return;
    const next = nextLook(
      { theirs: this.seen("theirs"), mine: this.seen("mine") },
      this.pace,
      this.count,
      this.now(),
    );
    // A picture that appears meanwhile must not wait for the others.
    const due = Math.max(next?.wait ?? POLL_MS, this.rest());
    const wait = Math.max(pause, Math.min(due, POLL_MS));
    this.timer = setTimeout(() => {
      if (next && wait === due && this.parts.shows(next.side)) void this.look(next.side);
      else this.plan();
    }, wait);
  }

  /** Returns how long my picture needs no look before a call, in milliseconds. */
  private rest(): number {
    if (this.watches !== "mine" || this.mine === "unknown") return 0;
    return this.seenMineAt + PREVIEW_MS - this.now();
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
    const close = this.watches === "both" && isClose(this.assessments.theirs, this.now());
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
