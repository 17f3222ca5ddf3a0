// A drawing of two people: strokes in an order that both pages agree on, within limits that both keep. Pure.

import type { Side } from "./sides";

/** The size of the sheet in points. It is the same on both pages, whatever the size of the screen. */
export const SHEET_WIDTH = 1_600;
export const SHEET_HEIGHT = 1_200;
export const COLOURS = 7;
/** The widths of the two pens, in points. */
export const PENS = [8, 28] as const;

export const MOST_POINTS_OF_A_STROKE = 1_000;
/** Of one side, so that nobody can fill the other's memory, or take the other's room. */
export const MOST_POINTS = 20_000;
export const MOST_STROKES = 1_000;
/** The two sides count their strokes together, so each knows which of them lies above the other. */
export const MOST_TIME = 1_000_000;

/** What begins a stroke. `number` counts the strokes of one side, and `time` those of both. */
export interface StrokeHead {
  number: number;
  time: number;
  colour: number;
  pen: number;
}

export interface Stroke extends StrokeHead {
  side: Side;
  /** x, y, x, y, … in points of the sheet. */
  points: number[];
  done: boolean;
}

/** What both have of a sheet. It changes in place, because a stroke grows many times a second. */
export class Drawing {
  /** From the lowest to the highest. */
  private strokes: Stroke[] = [];
  /** The number of each side's newest stroke. */
  private numbers: [number, number] = [-1, -1];
  private time = 0;
  /** How often the sheet was cleared. What belongs to an older sheet does not count. */
  sheet = 0;
  /** Changes whenever strokes that are done have changed, so that all must be painted again. */
  revision = 0;

  get all(): readonly Stroke[] {
    return this.strokes;
  }

  /** The number and the time of the next stroke of this side. */
  next(side: Side): Pick<StrokeHead, "number" | "time"> {
    return { number: this.numbers[side] + 1, time: this.time + 1 };
  }

  strokesOf(side: Side): Stroke[] {
    return this.strokes.filter((stroke) => stroke.side === side);
  }

  /** Whether this side can draw no more until it takes strokes back, or both clear the sheet. */
  isFull(side: Side): boolean {
    const strokes = this.strokesOf(side);
    const points = strokes.reduce((sum, stroke) => sum + stroke.points.length / 2, 0);
    return strokes.length >= MOST_STROKES || points >= MOST_POINTS;
  }

  /** Adds points to the newest stroke of a side, or begins it. Returns whether anything counted. */
  draw(side: Side, head: StrokeHead, points: readonly number[], done: boolean): boolean {
    const stroke = head.number > this.numbers[side] ? this.beginStroke(side, head) : this.newest(side);
    if (!stroke || stroke.done || stroke.number !== head.number) return false;
    stroke.points.push(...points.slice(0, 2 * this.roomIn(stroke)));
    stroke.done = done;
    return true;
  }

  /** Takes the newest stroke of a side away. Returns whether there was one. */
  undo(side: Side): boolean {
    const [gone] = this.strokes.splice(this.placeOfNewest(side), 1);
    if (!gone) return false;
    this.numbers[side] = gone.number - 1;
    this.revision += 1;
    return true;
  }

  /** Ends all strokes. */
  finish(): void {
    for (const stroke of this.strokes) stroke.done = true;
  }

  /** Begins an empty sheet. */
  begin(sheet: number): void {
    this.strokes = [];
    this.numbers = [-1, -1];
    this.time = 0;
    this.sheet = sheet;
    this.revision += 1;
  }

  /** Returns a place behind all strokes if this side has none. */
  private placeOfNewest(side: Side): number {
    const place = this.strokes.findLastIndex((stroke) => stroke.side === side);
    return place < 0 ? this.strokes.length : place;
  }

  newest(side: Side): Stroke | undefined {
    return this.strokes[this.placeOfNewest(side)];
  }

  private beginStroke(side: Side, head: StrokeHead): Stroke | undefined {
    if (this.isFull(side)) return undefined;
    const before = this.newest(side);
    if (before && before.time >= head.time) return undefined;
    if (before) before.done = true;
    const stroke: Stroke = { side, ...head, points: [], done: false };
    const above = this.strokes.findIndex((other) => isBelow(stroke, other));
    if (above >= 0) this.revision += 1;
    this.strokes.splice(above < 0 ? this.strokes.length : above, 0, stroke);
    this.numbers[side] = head.number;
    this.time = Math.max(this.time, head.time);
    return stroke;
  }

  /** How many more points the stroke may have. */
  private roomIn(stroke: Stroke): number {
    const all = this.strokesOf(stroke.side).reduce((sum, { points }) => sum + points.length / 2, 0);
    return Math.max(0, Math.min(MOST_POINTS_OF_A_STROKE - stroke.points.length / 2, MOST_POINTS - all));
  }
}

/** Both pages put the strokes in the same order, in whichever order they learn of them (Lamport, 1978). */
function isBelow(stroke: Stroke, other: Stroke): boolean {
  return stroke.time < other.time || (stroke.time === other.time && stroke.side < other.side);
}
