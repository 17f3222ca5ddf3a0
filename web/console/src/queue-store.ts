// Holds the newest queue from the service, and the list as the page shows it.

import type { CaseQueue, CaseSummary } from "./api.generated";
import { filterQueue, foldFlood, type QueueFilter } from "./queue-filter";
import { caseAfter, EMPTY_LIST, moveSelection, type QueueList, updateList } from "./queue-list";

/** Milliseconds without activity in the list after which its rows may move again. */
export const SETTLE_MS = 5_000;

export class QueueStore {
  latest: CaseQueue | undefined;
  /** Says which cases the page shows. */
  filter: QueueFilter = "all";
  /** True while the cases of floods are shown, below all others. */
  unfolded = false;
  list: QueueList = EMPTY_LIST;
  /** Says which cases "next" skips. The app sets it. */
  skip: (summary: CaseSummary) => boolean = () => false;
  private activeAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onChange: () => void,
    private readonly now: () => number,
  ) {}

  update(queue: CaseQueue): void {
    this.latest = queue;
    this.list = updateList(this.list, this.shown(queue), this.now() - this.activeAt < SETTLE_MS);
    this.onChange();
  }

  /** Freezes the list while a moderator uses it. When the list has been idle, it is sorted again. */
  noteActivity(): void {
    this.activeAt = this.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sort(), SETTLE_MS);
  }

  /** Shows all cases in their order now. */
  sort(): void {
    clearTimeout(this.timer);
    this.activeAt = Number.NEGATIVE_INFINITY;
    if (this.latest) this.update(this.latest);
  }

  /** Shows only the cases that pass the filter from now on. */
  setFilter(kind: QueueFilter): void {
    this.filter = kind;
    this.sort();
  }

  /** Shows or folds the cases of floods. */
  toggleFlood(): void {
    this.unfolded = !this.unfolded;
    this.sort();
  }

  /** Returns the queue with the cases that the page shows now. */
  shown(queue: CaseQueue): CaseQueue {
    const filtered = filterQueue(queue, this.filter);
    return this.unfolded ? filtered : foldFlood(filtered);
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
    return caseAfter(decided, this.list, this.skip);
  }
}
