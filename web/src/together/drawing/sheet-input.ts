// How a visitor draws on the sheet: with a pen, a finger or a mouse, or with the arrow keys and the space bar.

import { SHEET_HEIGHT, SHEET_WIDTH } from "../../core/together/drawing";
import { pointAt, type SheetPoint } from "../../core/together/shared-drawing";

/** How far an arrow key moves, in points of the sheet. */
const STEP = 20;
const LONG_STEP = 100;
const ARROWS: Record<string, SheetPoint> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface SheetInputParts {
  canvas: HTMLCanvasElement;
  /** Shows where the keys draw. */
  cursor: HTMLElement;
  isDown: () => boolean;
  down: (point: SheetPoint) => void;
  move: (point: SheetPoint) => void;
  up: () => void;
  undo: () => void;
  /** The space bar has put the pen down, or lifted it. */
  onSpace: () => void;
}

export class SheetInput {
  /** The pointer that draws. Other fingers do not. */
  private pointer: number | undefined;
  private at: SheetPoint = [SHEET_WIDTH / 2, SHEET_HEIGHT / 2];

  constructor(private readonly parts: SheetInputParts) {
    const { canvas, cursor } = parts;
    canvas.onpointerdown = (event) => this.pointerDown(event);
    canvas.onpointermove = (event) => this.pointerMove(event);
    canvas.onpointerup = canvas.onpointercancel = (event) => this.pointerUp(event);
    canvas.onkeydown = (event) => this.keyDown(event);
    canvas.onblur = () => {
      if (this.pointer === undefined) parts.up();
    };
    placeOn(cursor, this.at);
  }

  private pointerDown(event: PointerEvent): void {
    if (this.pointer !== undefined || event.button !== 0) return;
    const { canvas, down } = this.parts;
    this.pointer = event.pointerId;
    canvas.setPointerCapture(event.pointerId);
    down(this.pointOf(event));
  }

  private pointerMove(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length > 0 ? between : [event]) this.parts.move(this.pointOf(one));
  }

  private pointerUp(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    this.pointer = undefined;
    this.parts.up();
  }

  private pointOf({ clientX, clientY }: MouseEvent): SheetPoint {
    const { left, top, width, height } = this.parts.canvas.getBoundingClientRect();
    return pointAt((clientX - left) / width, (clientY - top) / height);
  }

  private keyDown(event: KeyboardEvent): void {
    if (this.pointer !== undefined || event.altKey) return;
    const withControl = event.ctrlKey || event.metaKey;
    const arrow = ARROWS[event.key];
    if (withControl && event.key === "z") this.parts.undo();
    else if (!withControl && arrow) this.step(arrow, event.shiftKey ? LONG_STEP : STEP);
    else if (!withControl && event.key === " ") this.space(event.repeat);
    else return;
    event.preventDefault();
  }

  private step([across, down]: SheetPoint, length: number): void {
    const [x, y] = this.at;
    this.at = pointAt((x + across * length) / SHEET_WIDTH, (y + down * length) / SHEET_HEIGHT);
    placeOn(this.parts.cursor, this.at);
    this.parts.move(this.at);
  }

  private space(held: boolean): void {
    if (held) return;
    if (this.parts.isDown()) this.parts.up();
    else this.parts.down(this.at);
    this.parts.onSpace();
  }
}

/** Puts a mark on a point of the sheet. The sheet is not mirrored. */
export function placeOn(mark: HTMLElement, [x, y]: SheetPoint): void {
  mark.style.left = `${(x / SHEET_WIDTH) * 100}%`;
  mark.style.top = `${(y / SHEET_HEIGHT) * 100}%`;
}
