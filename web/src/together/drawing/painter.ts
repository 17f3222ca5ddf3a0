// Paints a drawing on a canvas that has as many pixels as the sheet has points, so it is the same on both pages.

import { type Drawing, PENS, SHEET_HEIGHT, SHEET_WIDTH, type Stroke } from "../../core/together/drawing";

/** The colours of the pens. Each has at least 4.5 to 1 on the sheet, but the last one, which rubs out. */
export const INKS = ["#1b1a22", "#d3263a", "#a85400", "#1b7f3b", "#2f55d4", "#8a35c8", "#ffffff"] as const;
const SHEET = "#ffffff";

export class Painter {
  /** Has the strokes that are done, from the lowest. Only what lies above them is painted each time. */
  private readonly base = document.createElement("canvas");
  private readonly below: CanvasRenderingContext2D;
  private readonly above: CanvasRenderingContext2D;
  private revision = -1;
  private settled = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.below = contextOf(this.base);
    this.above = contextOf(canvas);
  }

  paint(drawing: Drawing): void {
    if (drawing.revision !== this.revision) this.begin(drawing.revision);
    const strokes = drawing.all;
    for (let next = strokes[this.settled]; next?.done; next = strokes[this.settled]) {
      paintStroke(this.below, next);
      this.settled += 1;
    }
    this.above.drawImage(this.base, 0, 0);
    for (const next of strokes.slice(this.settled)) paintStroke(this.above, next);
  }

  private begin(revision: number): void {
    this.revision = revision;
    this.settled = 0;
    this.below.fillStyle = SHEET;
    this.below.fillRect(0, 0, SHEET_WIDTH, SHEET_HEIGHT);
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  canvas.width = SHEET_WIDTH;
  canvas.height = SHEET_HEIGHT;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no canvas");
  return context;
}

/** Paints a smooth line through the middles between the points. */
function paintStroke(context: CanvasRenderingContext2D, { points, colour, pen }: Stroke): void {
  const at = (place: number) => points.at(place) ?? 0;
  const width = PENS[pen] ?? PENS[0];
  if (points.length === 0) return;
  context.fillStyle = context.strokeStyle = INKS[colour] ?? INKS[0];
  context.beginPath();
  if (points.length === 2) {
    context.arc(at(0), at(1), width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.moveTo(at(0), at(1));
  for (let next = 2; next < points.length - 2; next += 2) {
    const middle = [(at(next) + at(next + 2)) / 2, (at(next + 1) + at(next + 3)) / 2] as const;
    context.quadraticCurveTo(at(next), at(next + 1), ...middle);
  }
  context.lineTo(at(-2), at(-1));
  context.stroke();
}
