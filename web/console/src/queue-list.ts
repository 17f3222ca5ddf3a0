// Computes the list of cases that is shown. No row moves while the list is in use. Pure.

import type { CaseQueue, CaseSummary } from "./api.generated";

export interface QueueRow {
  summary: CaseSummary;
  /** True if the case is no longer open. The row keeps its place until the list is sorted again. */
  closed: boolean;
}

export interface QueueList {
  rows: QueueRow[];
  selected: string | undefined;
  /** The new cases that are not shown yet. */
  arrived: CaseSummary[];
}

export const EMPTY_LIST: QueueList = { rows: [], selected: undefined, arrived: [] };

/** Merges the newest queue into the list. While `frozen`, every row stays where it is. */
export function updateList(shown: QueueList, latest: CaseQueue, frozen: boolean): QueueList {
  if (!frozen || shown.rows.length === 0) return sortedList(shown, latest);
  const now = new Map(latest.cases.map((summary) => [summary.id, summary]));
  const rows = shown.rows.map(({ summary }) => ({
    summary: now.get(summary.id) ?? summary,
    closed: !now.has(summary.id),
  }));
  const known = new Set(rows.map(({ summary }) => summary.id));
  return { ...shown, rows, arrived: latest.cases.filter(({ id }) => !known.has(id)) };
}

/** Sorts the list. The selection stays on its case, or goes to the case that took its place. */
function sortedList(shown: QueueList, { cases }: CaseQueue): QueueList {
  const rows = cases.map((summary) => ({ summary, closed: false }));
  const index = Math.max(0, selectedIndex(shown));
  const stays = cases.some(({ id }) => id === shown.selected);
  const selected = stays ? shown.selected : cases[Math.min(index, cases.length - 1)]?.id;
  return { rows, selected, arrived: [] };
}

/** Moves the selection one case down or up. It skips closed cases and stops at the ends. */
export function moveSelection(shown: QueueList, step: 1 | -1): QueueList {
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

function selectedIndex({ rows, selected }: QueueList): number {
  return rows.findIndex(({ summary }) => summary.id === selected);
}
