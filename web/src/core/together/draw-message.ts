// What two pages tell each other about a drawing. Everything from the stranger's page is checked here. Pure.

import { isCount } from "../is-count";
import { COLOURS, MOST_TIME, PENS, SHEET_HEIGHT, SHEET_WIDTH, type StrokeHead } from "./drawing";
import type { Side } from "./sides";

/** So a message is shorter than a channel takes. */
export const MOST_POINTS_OF_A_MESSAGE = 200;

/** Points of one stroke. With a `side` it belongs to a sheet that one page tells the other. */
export interface LineMessage extends StrokeHead {
  do: "line";
  sheet: number;
  points: number[];
  done: boolean;
  side?: Side;
}

/**
 * `here`: my page is ready, and remembers so many strokes. `all`: the sheet was told completely. `undo`: my newest
 * stroke is gone. `clear`: I want an empty sheet. `keep`: I do not.
 */
export type DrawMessage =
  | LineMessage
  | { do: "here"; sheet: number; strokes: number }
  | { do: "all" | "undo" | "clear" | "keep"; sheet: number };

const SHORT = ["all", "undo", "clear", "keep"] as const;

/** Returns undefined for anything that a page of ours does not send. */
export function parseDrawMessage(found: Record<string, unknown>): DrawMessage | undefined {
  const { do: what, sheet, strokes } = found;
  if (!isCount(sheet)) return undefined;
  if (what === "here") return isCount(strokes) ? { do: what, sheet, strokes } : undefined;
  const short = SHORT.find((one) => one === what);
  if (short) return { do: short, sheet };
  return what === "line" ? parseLine(found, sheet) : undefined;
}

function parseLine(found: Record<string, unknown>, sheet: number): LineMessage | undefined {
  const { number, time, colour, pen, points, done, side } = found;
  if (!isBelow(number, MOST_TIME) || !isBelow(time, MOST_TIME)) return undefined;
  if (!isBelow(colour, COLOURS) || !isBelow(pen, PENS.length)) return undefined;
  if (!arePoints(points) || typeof done !== "boolean") return undefined;
  const line: LineMessage = { do: "line", sheet, number, time, colour, pen, points, done };
  if (side === undefined) return line;
  return side === 0 || side === 1 ? { ...line, side } : undefined;
}

function arePoints(found: unknown): found is number[] {
  if (!Array.isArray(found) || found.length > 2 * MOST_POINTS_OF_A_MESSAGE || found.length % 2 !== 0)
    return false;
  return found.every((value, place) => isBelow(value, place % 2 === 0 ? SHEET_WIDTH : SHEET_HEIGHT));
}

function isBelow(value: unknown, limit: number): value is number {
  return isCount(value) && value < limit;
}
