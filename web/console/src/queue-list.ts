// Computes the list of cases that is shown. No row moves while the list is in use. Pure.

import type { CaseSummary } from "./api.generated";
import { type CaseQuery, wantsClosed } from "./queue-query";

export interface QueueRow {
  summary: CaseSummary;
  /** True if the case is no longer in the list. The row keeps its place until the list is sorted again. */
  closed: boolean;
}

export interface QueueList {
  rows: QueueRow[];
  selected: string | undefined;
  /** The new cases that are not shown yet. */
  arrived: CaseSummary[];
  /** The place behind the last row, null if nothing is behind it. */
  next: string | null;
}

/** The first cases of a list as they are now, and the place behind them. */
export interface FirstCases {
  cases: readonly CaseSummary[];
  next: string | null;
}

export const EMPTY_LIST: QueueList = { rows: [], selected: undefined, arrived: [], next: null };

/** Merges the newest first cases into the list. While `frozen`, every row stays where it is. */
export function updateList(
  shown: QueueList,
  first: FirstCases,
  frozen: boolean,
  query: CaseQuery = {},
): QueueList {
  const isBehind = behindLast(first, query);
  const now = new Map(first.cases.map((summary) => [summary.id, summary]));
  const rows = shown.rows.map(({ summary, closed }) => {
    const newest = now.get(summary.id);
    return newest ? { summary: newest, closed: false } : { summary, closed: closed || !isBehind(summary) };
  });
  const known = new Set(rows.map(({ summary }) => summary.id));
  const earlier = shown.arrived.filter((summary) => isBehind(summary) && !now.has(summary.id));
  const arrived = [...first.cases.filter(({ id }) => !known.has(id)), ...earlier];
  const merged = { ...shown, rows, arrived };
  return frozen && shown.rows.length > 0 ? merged : sortedList(merged, first, query);
}

/** Adds the cases of the next page. */
export function appendPage(shown: QueueList, { cases, next }: FirstCases): QueueList {
  const known = new Set(shown.rows.map(({ summary }) => summary.id));
  const added = cases.filter(({ id }) => !known.has(id)).map((summary) => ({ summary, closed: false }));
  const rows = [...shown.rows, ...added];
  return { ...shown, rows, next, selected: shown.selected ?? rows[0]?.summary.id };
}

/** Replaces some rows by what the service says of these cases now. No row moves. */
export function refreshRows(
  shown: QueueList,
  newest: readonly CaseSummary[],
  query: CaseQuery = {},
): QueueList {
  const now = new Map(newest.map((summary) => [summary.id, summary]));
  const rows = shown.rows.map((row) => {
    const summary = now.get(row.summary.id);
    if (!summary) return row;
    return { summary, closed: row.closed || (summary.closed_at > 0 && !wantsClosed(query)) };
  });
  return { ...shown, rows };
}

/** Sorts the list. The selection stays on its case, or goes to the case that took its place. */
function sortedList(shown: QueueList, { cases, next }: FirstCases, query: CaseQuery): QueueList {
  const listed = new Set(cases.map(({ id }) => id));
  const left = [
    ...shown.rows.filter(({ closed }) => !closed).map(({ summary }) => summary),
    ...shown.arrived,
  ];
  const tail = left.filter(({ id }) => !listed.has(id)).sort(comparison(query));
  const rows = [...cases, ...tail].map((summary) => ({ summary, closed: false }));
  const index = Math.max(0, selectedIndex(shown));
  const stays = rows.some(({ summary }) => summary.id === shown.selected);
  const selected = stays ? shown.selected : rows[Math.min(index, rows.length - 1)]?.summary.id;
  return { rows, selected, arrived: [], next: tail.length ? shown.next : next };
}

/** Returns whether a case stands behind the last of the first ones, so that it need not be among them. */
function behindLast({ cases, next }: FirstCases, query: CaseQuery): (summary: CaseSummary) => boolean {
  const last = cases.at(-1);
  const compare = comparison(query);
  return (summary) => next !== null && (last === undefined || compare(summary, last) >= 0);
}

type Comparison = (one: CaseSummary, other: CaseSummary) => number;
function comparison({ sort, state }: CaseQuery): Comparison {
  if (sort === "oldest") return (one, other) => one.opened_at - other.opened_at;
  if (sort === "newest") return (one, other) => other.opened_at - one.opened_at;
  if (sort === "decided" || (!sort && state === "decided"))
    return (one, other) => other.closed_at - one.closed_at;
  return (one, other) => other.urgency - one.urgency || one.opened_at - other.opened_at;
}

/** Moves the selection down or up by some cases. It skips closed cases and stops at the ends. */
export function moveSelection(shown: QueueList, step: number): QueueList {
  const open = shown.rows.filter(({ closed, summary }) => !closed || summary.id === shown.selected);
  const index = open.findIndex(({ summary }) => summary.id === shown.selected);
  const next = open[Math.min(open.length - 1, Math.max(0, index + step))];
  return { ...shown, selected: next?.summary.id };
}

/** Returns the case to open after this one: the next one below that is not to be skipped, or else the most urgent. */
export function caseAfter(
  decided: string,
  shown: QueueList,
  skip: (summary: CaseSummary) => boolean = () => false,
): string | undefined {
  const open = shown.rows.filter(({ closed, summary }) => !closed || summary.id === decided);
  const index = open.findIndex(({ summary }) => summary.id === decided);
  const free = ({ summary }: QueueRow) => summary.id !== decided && !skip(summary);
  const below = open.slice(index + 1).find(free) ?? open.find(free);
  return below?.summary.id ?? shown.arrived.find((summary) => !skip(summary))?.id;
}

export function selectedIndex({ rows, selected }: QueueList): number {
  return rows.findIndex(({ summary }) => summary.id === selected);
}
