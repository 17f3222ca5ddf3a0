// One side of a drawing that two people make: what I draw, what the stranger draws, and what must be told. Pure.

import {
  type DrawMessage,
  type LineMessage,
  MOST_POINTS_OF_A_MESSAGE,
  parseDrawMessage,
} from "./draw-message";
import {
  Drawing,
  MOST_POINTS_OF_A_STROKE,
  SHEET_HEIGHT,
  SHEET_WIDTH,
  type Stroke,
  type StrokeHead,
} from "./drawing";
import { otherSide, type Side } from "./sides";

/** A point that is nearer to the last one, in points of the sheet, is left out. */
const NEAR = 3;

export interface Tool {
  colour: number;
  /** The place of the pen in `PENS`. */
  pen: number;
}

export type SheetPoint = readonly [x: number, y: number];

/** `waiting`: the stranger's page is not ready. `hearing`: it tells what it remembers. */
type DrawingStage = "waiting" | "hearing" | "open";

/** Who wants to clear the sheet. */
export type Clearing = "nobody" | "me" | "stranger";

/** Returns a point of the sheet for fractions of its width and height. */
export function pointAt(x: number, y: number): SheetPoint {
  return [within(x, SHEET_WIDTH), within(y, SHEET_HEIGHT)];
}

function within(fraction: number, size: number): number {
  return Math.min(size - 1, Math.max(0, Math.round(fraction * size)));
}

export class SharedDrawing {
  readonly drawing = new Drawing();
  stage: DrawingStage = "waiting";
  clearing: Clearing = "nobody";
  private head: StrokeHead | undefined;
  private last: SheetPoint = [0, 0];
  private outbox: DrawMessage[] = [];

  /** The stranger's page has told strokes of my side, after a reload. They need not be mine. */
  toldMine = false;

  constructor(readonly side: Side) {}

  get isPenDown(): boolean {
    return this.head !== undefined;
  }

  get isFull(): boolean {
    return this.drawing.isFull(this.side);
  }

  get myStrokes(): number {
    return this.drawing.strokesOf(this.side).length;
  }

  /** Begins, perhaps again: the two pages find out which of them remembers a drawing. */
  open(): void {
    this.stage = "waiting";
    this.clearing = "nobody";
    this.head = undefined;
    const { sheet, all } = this.drawing;
    this.outbox = [{ do: "here", sheet, strokes: all.length }];
  }

  /** The next message for the stranger's page. It stays until it is `told`. */
  get nextMessage(): DrawMessage | undefined {
    return this.outbox[0];
  }

  told(): void {
    this.outbox.shift();
  }

  penDown(point: SheetPoint, { colour, pen }: Tool): void {
    this.penUp();
    if (this.stage !== "open" || this.isFull) return;
    this.head = { colour, pen, ...this.drawing.next(this.side) };
    this.add(this.head, [...point], false);
    this.last = point;
  }

  penMove(point: SheetPoint): void {
    const { head, last } = this;
    if (!head || Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
    this.add(head, [...point], false);
    this.last = point;
    const points = this.drawing.newest(this.side)?.points.length ?? 0;
    if (points >= 2 * MOST_POINTS_OF_A_STROKE) this.penDown(point, head);
    else if (this.isFull) this.penUp();
  }

  penUp(): void {
    if (this.head) this.add(this.head, [], true);
    this.head = undefined;
  }

  /** Takes my newest stroke back. Returns whether there was one. */
  undo(): boolean {
    this.penUp();
    const gone = this.stage === "open" && this.drawing.undo(this.side);
    if (gone) this.outbox.push({ do: "undo", sheet: this.drawing.sheet });
    return gone;
  }

  /** I want an empty sheet, or agree to it. */
  clear(): void {
    if (this.clearing === "me" || this.stage !== "open") return;
    const agreed = this.clearing === "stranger";
    this.outbox.push({ do: "clear", sheet: this.drawing.sheet });
    this.clearing = "me";
    if (agreed) this.beginSheet();
  }

  /** I do not want what the stranger wants. */
  keep(): void {
    if (this.clearing !== "stranger") return;
    this.clearing = "nobody";
    this.outbox.push({ do: "keep", sheet: this.drawing.sheet });
  }

  /** Takes a message of the stranger's page. Returns it, or undefined if it did not count. */
  take(found: Record<string, unknown>): DrawMessage | undefined {
    const message = parseDrawMessage(found);
    return message && this.apply(message) ? message : undefined;
  }

  private apply(message: DrawMessage): boolean {
    if (message.do === "here") return this.begin(message.sheet, message.strokes);
    if (message.sheet !== this.drawing.sheet || this.stage === "waiting") return false;
    switch (message.do) {
      case "line":
        return this.takeLine(message);
      case "all":
        return this.heardAll();
      case "undo":
        return this.drawing.undo(otherSide(this.side));
      case "clear":
        return this.strangerClears();
      case "keep":
        return this.strangerKeeps();
    }
  }

  /** Both pages are ready. The one that remembers more tells it. */
  private begin(sheet: number, strokes: number): boolean {
    if (this.stage !== "waiting") return false;
    const { drawing } = this;
    const mine = drawing.all.length;
    const tells = mine > strokes || (mine === strokes && this.side === 0);
    this.stage = tells || strokes === 0 ? "open" : "hearing";
    if (mine === 0 && strokes === 0) drawing.begin(Math.max(sheet, drawing.sheet));
    else if (tells) this.tellAll();
    else drawing.begin(sheet);
    return true;
  }

  private tellAll(): void {
    const { drawing } = this;
    const { sheet } = drawing;
    drawing.finish();
    this.outbox.push(...drawing.all.flatMap((stroke) => linesOf(stroke, sheet)), { do: "all", sheet });
  }

  /** A page draws for its own side. Only before `all` it tells the strokes of both. */
  private takeLine({ side, points, done, number, time, colour, pen }: LineMessage): boolean {
    if ((side !== undefined) !== (this.stage === "hearing")) return false;
    const drew = this.drawing.draw(side ?? otherSide(this.side), { number, time, colour, pen }, points, done);
    if (drew && side === this.side) this.toldMine = true;
    return drew;
  }

  private heardAll(): boolean {
    const heard = this.stage === "hearing";
    this.stage = "open";
    return heard;
  }

  private strangerClears(): boolean {
    if (this.clearing === "stranger" || this.stage !== "open") return false;
    if (this.clearing === "me") this.beginSheet();
    else this.clearing = "stranger";
    return true;
  }

  private strangerKeeps(): boolean {
    const kept = this.clearing === "me";
    if (kept) this.clearing = "nobody";
    return kept;
  }

  /** What both still drew on the old sheet is gone on both pages. */
  private beginSheet(): void {
    this.toldMine = false;
    this.head = undefined;
    this.clearing = "nobody";
    this.drawing.begin(this.drawing.sheet + 1);
  }

  private add(head: StrokeHead, points: number[], done: boolean): void {
    this.drawing.draw(this.side, head, points, done);
    const { sheet } = this.drawing;
    const waiting = this.outbox.at(-1);
    const joins = waiting?.do === "line" && waiting.side === undefined && waiting.number === head.number;
    if (joins && waiting.sheet === sheet && waiting.points.length < 2 * MOST_POINTS_OF_A_MESSAGE) {
      waiting.points.push(...points);
      waiting.done = done;
    } else this.outbox.push({ do: "line", sheet, ...head, points, done });
  }
}

/** Returns the messages that tell a stroke. There is at least one, also for a stroke without points. */
function linesOf({ points, ...head }: Stroke, sheet: number): LineMessage[] {
  const size = 2 * MOST_POINTS_OF_A_MESSAGE;
  const count = Math.max(1, Math.ceil(points.length / size));
  return Array.from({ length: count }, (_, place) => {
    const part = points.slice(place * size, (place + 1) * size);
    return { do: "line", sheet, ...head, points: part, done: place === count - 1 };
  });
}
