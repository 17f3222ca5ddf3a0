// The answer of `/api/status`, and its last hour as columns of a chart. Pure.

import type { MinuteStats } from "../http.generated";

export type Column = (number | null)[];

/** One value for each minute of the hour. Unknown values are null and stay gaps. */
export interface Columns {
  /** When each minute begins, in seconds since 1970. */
  times: number[];
  online: Column;
  /** Only the minutes that are over. */
  matches: Column;
  /** Only the current minute. */
  running: Column;
  half: Column;
  most: Column;
  repeats: Column;
}

export const MINUTES = 60;

/** Returns the hour that ends with the newest known minute. */
export function columns(hour: readonly MinuteStats[]): Columns {
  const known = new Map(hour.map((minute) => [Date.parse(minute.minute) / 1000, minute]));
  const end = Math.max(...known.keys());
  const times = known.size
    ? Array.from({ length: MINUTES }, (_, place) => end - (MINUTES - 1 - place) * 60)
    : [];
  const column = (value: (minute: MinuteStats, time: number) => number | null): Column =>
    times.map((time) => {
      const minute = known.get(time);
      return minute ? value(minute, time) : null;
    });
  return {
    times,
    online: column((minute) => minute.online),
    matches: column((minute, time) => (time < end ? minute.matches : null)),
    running: column((minute, time) => (time === end ? minute.matches : null)),
    half: column((minute) => minute.wait_p50),
    most: column((minute) => minute.wait_p99),
    repeats: column((minute) => minute.repeats),
  };
}

/** Returns the least, greatest and last known value, and how many there are. */
export function extent(
  column: Column,
): { least: number; most: number; last: number; minutes: number } | undefined {
  const known = column.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  return { least: Math.min(...known), most: Math.max(...known), last, minutes: known.length };
}

/** Returns the powers of ten from `low` to `high`. */
export function powersBetween(low: number, high: number): number[] {
  const first = Math.round(Math.log10(low));
  return Array.from({ length: Math.round(Math.log10(high)) - first + 1 }, (_, step) => 10 ** (first + step));
}

/** Returns two different powers of ten around `least` and `most`, for a logarithmic axis. */
export function decades(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0.01, 10];
  const low = 10 ** Math.floor(Math.log10(least));
  return [low, Math.max(10 ** Math.ceil(Math.log10(most)), low * 10)];
}
