// The queue as everybody on this page knows it: the newest, and as it is shown.

import { filterQueue, type QueueFilter } from "./queue-filter";
import { caseAfter, EMPTY_LIST, moveSelection, type QueueList, updateList } from "./queue-list";
import type { Queue } from "./types";

/** So long after it last moved, the hand of a moderator rests, and the list may move. */
export const SETTLE_MS = 5_000;

export class QueueStore {
  latest: Queue | undefined;
  /** Of which kind the cases are that are shown. */
  filter: QueueFilter = "all";
  list: QueueList = EMPTY_LIST;
  private activeAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onChange: () => void,
    private readonly now: () => number,
  ) {}

  update(queue: Queue): void {
    this.latest = queue;
    this.list = updateList(
      this.list,
      filterQueue(queue, this.filter),
      this.now() - this.activeAt < SETTLE_MS,
    );
    this.onChange();
  }

  /** The hand is on the list; once it rests, what waited is shown. */
  noteActivity(): void {
    this.activeAt = this.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sort(), SETTLE_MS);
  }

  /** Shows everything in its order now. */
  sort(): void {
    clearTimeout(this.timer);
    this.activeAt = Number.NEGATIVE_INFINITY;
    if (this.latest) this.update(this.latest);
  }

  /** Shows cases of this kind alone, from now on. */
  setFilter(kind: QueueFilter): void {
    this.filter = kind;
    this.sort();
  }

  moveSelection(step: 1 | -1): void {
    this.noteActivity();
    this.list = moveSelection(this.list, step);
    this.onChange();
  }

  select(id: string): void {
    if (id !== this.list.selected) this.list = { ...this.list, selected: id };
  }

  caseAfter(decided: string): string | undefined {
    return caseAfter(decided, this.list);
  }
}
