// The queue as everybody on this page knows it: the newest, and as it is shown.

import { type Kind, of } from "./kinds";
import { EMPTY, following, type LineUp, lineUp, moved } from "./line-up";
import type { Queue } from "./types";

/** So long after it last moved, the hand of a moderator rests, and the list may move. */
export const HAND_MS = 5_000;

export class Lines {
  latest: Queue | undefined;
  /** Of which kind the cases are that are shown. */
  kind: Kind = "all";
  shown: LineUp = EMPTY;
  private handAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly changed: () => void,
    private readonly now: () => number,
  ) {}

  take(queue: Queue): void {
    this.latest = queue;
    this.shown = lineUp(this.shown, of(queue, this.kind), this.now() - this.handAt < HAND_MS);
    this.changed();
  }

  /** The hand is on the list; once it rests, what waited is shown. */
  hand(): void {
    this.handAt = this.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sort(), HAND_MS);
  }

  /** Shows everything in its order now. */
  sort(): void {
    clearTimeout(this.timer);
    this.handAt = Number.NEGATIVE_INFINITY;
    if (this.latest) this.take(this.latest);
  }

  /** Shows cases of this kind alone, from now on. */
  choose(kind: Kind): void {
    this.kind = kind;
    this.sort();
  }

  move(step: 1 | -1): void {
    this.hand();
    this.shown = moved(this.shown, step);
    this.changed();
  }

  select(id: string): void {
    if (id !== this.shown.selected) this.shown = { ...this.shown, selected: id };
  }

  following(decided: string): string | undefined {
    return following(decided, this.shown);
  }
}
