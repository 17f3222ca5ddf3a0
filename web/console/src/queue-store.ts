// Holds the newest queue from the service, and the list of cases as the page shows it.

import type { CasePage, CaseQueue, CaseSummary } from "./api.generated";
import { ApiError } from "./api-client";
import {
  appendPage,
  caseAfter,
  EMPTY_LIST,
  moveSelection,
  type QueueList,
  type QueueRow,
  refreshRows,
  updateList,
} from "./queue-list";
import { type CaseQuery, isStandard, queryText, sameQuery } from "./queue-query";

/** Milliseconds without activity in the list after which its rows may move again. */
export const SETTLE_MS = 5_000;

/** Milliseconds between two requests for what may have changed. */
export const REFRESH_MS = 2_000;

/** Loads a page of cases by the parameters of the search, written as in an address. */
export type LoadCases = (parameters: string) => Promise<CasePage>;

/** The most cases that one request asks for. The first page is shorter, for it is loaded again and again. */
const MAX_ASKED = 100;

export class QueueStore {
  latest: CaseQueue | undefined;
  /** Says which cases the page shows, in which order. */
  query: CaseQuery = {};
  list: QueueList = EMPTY_LIST;
  /** Says which cases "next" skips. The app sets it. */
  skip: (summary: CaseSummary) => boolean = () => false;
  /** The number of cases in the list, undefined if it is not known. */
  total: number | undefined;
  /** True once the first cases are known. */
  loaded = false;
  /** Says why cases could not be loaded. */
  problem: string | undefined;
  /** The cases in view, which are refreshed when something has changed. The screen sets it. */
  inView: readonly string[] = [];
  private readonly watched = new Map<string, CaseSummary>();
  private loading: CaseQuery | undefined;
  private activeAt = Number.NEGATIVE_INFINITY;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private refreshing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onChange: () => void,
    private readonly now: () => number,
    private readonly load: LoadCases,
  ) {}

  update(queue: CaseQueue): void {
    this.latest = queue;
    if (isStandard(this.query)) {
      this.total = queue.open - queue.flooded;
      this.loaded = true;
      this.merge(queue);
    }
    this.refreshing ??= setTimeout(() => void this.refresh(), REFRESH_MS);
    this.onChange();
  }

  /** Shows the cases that a query finds from now on. */
  show(query: CaseQuery): void {
    if (sameQuery(query, this.query)) return;
    this.query = query;
    this.list = EMPTY_LIST;
    this.total = undefined;
    this.loaded = false;
    this.problem = undefined;
    this.activeAt = Number.NEGATIVE_INFINITY;
    if (isStandard(query) && this.latest) this.update(this.latest);
    else void this.loadFirst();
    this.onChange();
  }

  /** Loads the next page, unless one is on its way or there is none. */
  async loadMore(): Promise<void> {
    const { query, list } = this;
    if (this.loading === query || list.next === null || this.problem) return;
    this.loading = query;
    const behind = `&after=${encodeURIComponent(list.next)}&limit=${MAX_ASKED}`;
    await this.loadPage(queryText(query) + behind, query, (page) => {
      this.list = appendPage(this.list, page);
    });
  }

  /** Tries again after a problem. */
  retry(): void {
    this.problem = undefined;
    if (this.list.rows.length > 0) void this.loadMore();
    else void this.loadFirst();
    this.onChange();
  }

  /** Freezes the list while a moderator uses it. When the list has been idle, it is sorted again. */
  noteActivity(): void {
    this.activeAt = this.now();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.sort(), SETTLE_MS);
  }

  /** Shows all cases in their order now. */
  sort(): void {
    clearTimeout(this.settling);
    this.activeAt = Number.NEGATIVE_INFINITY;
    if (isStandard(this.query) && this.latest) this.update(this.latest);
    else if (!isStandard(this.query)) void this.loadFirst();
  }

  moveSelection(step: number): void {
    this.noteActivity();
    this.list = moveSelection(this.list, step);
    this.onChange();
  }

  select(id: string): void {
    if (id !== this.list.selected) this.list = { ...this.list, selected: id };
  }

  /** Returns what is known of a case now, also of the selected one if the list does not have it. */
  row(id: string): QueueRow | undefined {
    const listed = this.list.rows.find(({ summary }) => summary.id === id);
    const summary = this.watched.get(id);
    if (listed || !summary) return listed;
    return { summary, closed: summary.closed_at > 0 };
  }

  caseAfter(decided: string): string | undefined {
    return caseAfter(decided, this.list, this.skip);
  }

  private merge(first: { cases: readonly CaseSummary[]; next: string | null }): void {
    this.list = updateList(this.list, first, this.now() - this.activeAt < SETTLE_MS, this.query);
  }

  private async loadFirst(): Promise<void> {
    const { query } = this;
    this.loading = query;
    await this.loadPage(queryText(query), query, (page) => {
      this.merge(page);
      this.total = page.total ?? undefined;
      this.loaded = true;
    });
  }

  /** Loads a page and takes it, unless other cases are shown by then. */
  private async loadPage(
    parameters: string,
    query: CaseQuery,
    take: (page: CasePage) => void,
  ): Promise<void> {
    try {
      const page = await this.load(parameters);
      if (this.query === query) take(page);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.query === query) this.problem = error.message;
    } finally {
      if (this.loading === query) this.loading = undefined;
    }
    this.onChange();
  }

  /** Asks about the cases in view that no event tells of, and about the first ones of a search. */
  private async refresh(): Promise<void> {
    this.refreshing = undefined;
    const { query } = this;
    if (!isStandard(query) && this.loading !== query && !this.problem) await this.loadFirst();
    const told = new Set(isStandard(query) ? this.latest?.cases.map(({ id }) => id) : []);
    const wanted = new Set([...(this.list.selected ? [this.list.selected] : []), ...this.inView]);
    const ids = [...wanted].filter((id) => !told.has(id)).slice(0, MAX_ASKED);
    if (ids.length === 0) return;
    const those = `state=all&group=all&id=${ids.join(",")}&limit=${MAX_ASKED}`;
    await this.loadPage(those, query, ({ cases }) => {
      this.watched.clear();
      for (const summary of cases) this.watched.set(summary.id, summary);
      this.list = refreshRows(this.list, cases, query);
    });
  }
}
