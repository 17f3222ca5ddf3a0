// The queue as it is shown: nothing moves while somebody's hand is on it. Pure.

import type { CaseLine, Queue } from "./types";

export interface Row {
  line: CaseLine;
  /** No longer open; it keeps its place until the list is sorted again. */
  gone: boolean;
}

export interface LineUp {
  rows: Row[];
  selected: string | undefined;
  /** Cases that are not shown yet. */
  arrived: CaseLine[];
}

export const EMPTY: LineUp = { rows: [], selected: undefined, arrived: [] };

/** `latest` put into what is shown; while `held`, every row stays where it is. */
export function lineUp(shown: LineUp, latest: Queue, held: boolean): LineUp {
  if (!held || shown.rows.length === 0) return sorted(shown, latest);
  const now = new Map(latest.cases.map((line) => [line.id, line]));
  const rows = shown.rows.map(({ line }) => ({ line: now.get(line.id) ?? line, gone: !now.has(line.id) }));
  const known = new Set(rows.map(({ line }) => line.id));
  return { ...shown, rows, arrived: latest.cases.filter(({ id }) => !known.has(id)) };
}

/** The selection stays on its case; when that is gone, on what now stands in its place. */
function sorted(shown: LineUp, { cases }: Queue): LineUp {
  const rows = cases.map((line) => ({ line, gone: false }));
  const place = Math.max(0, placeOf(shown));
  const stays = cases.some(({ id }) => id === shown.selected);
  const selected = stays ? shown.selected : cases[Math.min(place, cases.length - 1)]?.id;
  return { rows, selected, arrived: [] };
}

/** One further down or up, over what is gone, and not beyond the ends. */
export function moved(shown: LineUp, step: 1 | -1): LineUp {
  const open = shown.rows.filter(({ gone, line }) => !gone || line.id === shown.selected);
  const place = open.findIndex(({ line }) => line.id === shown.selected);
  const next = open[Math.min(open.length - 1, Math.max(0, place + step))];
  return { ...shown, selected: next?.line.id };
}

/** The case to open after this one was decided: the one below, or the most urgent. */
export function following(decided: string, shown: LineUp): string | undefined {
  const open = shown.rows.filter(({ gone, line }) => !gone || line.id === decided);
  const place = open.findIndex(({ line }) => line.id === decided);
  const others = open.filter(({ line }) => line.id !== decided);
  return (others[Math.max(0, place)] ?? others[0])?.line.id ?? shown.arrived[0]?.id;
}

function placeOf({ rows, selected }: LineUp): number {
  return rows.findIndex(({ line }) => line.id === selected);
}
