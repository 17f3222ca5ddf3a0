// Drawing together: one sheet on both pages, on which both draw at the same time.

import type { DrawMessage } from "../../core/together/draw-message";
import { SharedDrawing, type SheetPoint } from "../../core/together/shared-drawing";
import { otherSide, sideOf } from "../../core/together/sides";
import { smallPicture } from "../../safety/capture-frame";
import { button, setText } from "../../view/dom";
import { announce } from "../../view/notifications";
import type { ActivityContext, OpenActivity } from "../activities";
import type { KeptForMatch } from "../kept-for-match";
import { DrawingTools } from "./drawing-tools";
import { Painter } from "./painter";
import { placeOn, SheetInput } from "./sheet-input";
import type { DrawingTranslator } from "./words";
import "./drawing.css";

const TYPE = "draw";
/** Twenty messages a second, a third of what the stranger's page takes. */
const SEND_MS = 50;
/** The pen of the stranger is seen for a while after its last point. */
const PEN_MS = 1_200;
/** A screen reader hears that the stranger draws, and then nothing more about it for a while. */
const QUIET_MS = 15_000;
/** Painting takes at most a fifth of the time, also on a slow device. */
const PAUSES = 4;
/** The colours with which the two sides begin. */
const FIRST_COLOURS = [4, 1] as const;

export class DrawingView implements OpenActivity {
  private readonly shared: SharedDrawing;
  private readonly tools: DrawingTools;
  private readonly painter: Painter;
  private readonly canvas = document.createElement("canvas");
  private readonly theirPen = markOf("their-pen");
  private readonly status = document.createElement("p");
  /** How many strokes are mine, for who cannot see them. */
  private readonly count = document.createElement("p");
  private readonly clearing = document.createElement("div");
  private readonly undoButton: HTMLButtonElement;
  private readonly clearButton: HTMLButtonElement;
  private readonly timer: ReturnType<typeof setInterval>;
  private penTimer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private mayPaintAt = 0;
  private readonly mayTellAt = { line: 0, undo: 0 };

  constructor(
    panel: HTMLElement,
    private readonly context: ActivityContext,
    private readonly words: DrawingTranslator,
    kept: KeptForMatch<SharedDrawing>,
  ) {
    const { match, polite, channel } = context;
    const side = sideOf(polite);
    this.shared = kept.of(match) ?? new SharedDrawing(side);
    kept.keep(match, this.shared);
    this.painter = new Painter(this.canvas);
    this.tools = new DrawingTools(words, { colour: FIRST_COLOURS[side], pen: 0 });
    this.undoButton = button(words.text("undo"), () => this.undo());
    this.clearButton = button(words.text("clear"), () => this.clear());
    panel.append(...this.parts());
    this.context.setDrawing(() => this.picture());
    this.shared.open();
    this.timer = setInterval(() => this.send(), SEND_MS);
    channel.listen(TYPE, (message) => this.take(message));
    this.changed();
  }

  close(): void {
    clearInterval(this.timer);
    clearTimeout(this.penTimer);
    cancelAnimationFrame(this.frame);
  }

  /** Returns the sheet for a report, if the stranger has drawn on it. */
  private picture(): string | undefined {
    const { drawing, side, toldMine } = this.shared;
    if (!toldMine && drawing.strokesOf(otherSide(side)).length === 0) return undefined;
    this.painter.paint(drawing);
    return smallPicture(this.canvas, this.canvas.width, this.canvas.height);
  }

  private parts(): HTMLElement[] {
    const { canvas, words } = this;
    const cursor = markOf("my-pen");
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    sheet.append(canvas, cursor, this.theirPen);
    canvas.tabIndex = 0;
    // The arrow keys must reach the sheet, also with a screen reader.
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", words.text("sheet"));
    canvas.setAttribute("aria-describedby", "drawing-help drawing-count");
    const help = document.createElement("small");
    help.id = "drawing-help";
    help.textContent = words.text("help");
    this.count.id = "drawing-count";
    this.count.className = "unseen";
    this.clearing.className = "row clearing";
    new SheetInput({
      canvas,
      cursor,
      isDown: () => this.shared.isPenDown,
      down: (point) => this.draw(() => this.shared.penDown(point, this.tools.tool)),
      move: (point) => this.draw(() => this.shared.penMove(point)),
      up: () => this.draw(() => this.shared.penUp()),
      undo: () => this.undo(),
      onSpace: () => announce(words.text(this.shared.isPenDown ? "pen_down" : "pen_up")),
    });
    const actions = document.createElement("div");
    actions.className = "row drawing-actions";
    actions.append(
      this.undoButton,
      this.clearButton,
      button(words.text("save"), () => this.save()),
    );
    const room = document.createElement("div");
    room.className = "sheet-room";
    room.append(sheet);
    return [this.tools.element, room, this.count, help, this.status, this.clearing, actions];
  }

  private draw(act: () => void): void {
    const before = this.shared.isPenDown;
    act();
    this.paintSoon();
    if (before !== this.shared.isPenDown || this.shared.isFull) this.changed();
  }

  private undo(): void {
    if (this.shared.undo()) announce(this.words.text("undone"));
    this.changed();
  }

  private clear(): void {
    this.shared.clear();
    this.changed();
  }

  /** Saves the sheet as a picture, for this visitor alone. */
  private save(): void {
    this.painter.paint(this.shared.drawing);
    this.canvas.toBlob((picture) => {
      if (!picture) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(picture);
      link.download = `${this.context.translator.site}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 0);
    });
  }

  private send(): void {
    const { nextMessage } = this.shared;
    if (nextMessage && this.context.channel.send({ type: TYPE, ...nextMessage })) this.shared.told();
  }

  private take(found: Record<string, unknown>): void {
    const message = this.shared.take(found);
    if (!message) return;
    if (message.do === "line") this.showTheirPen(message.points);
    this.tellOf(message.do);
    this.changed();
  }

  private showTheirPen(points: readonly number[]): void {
    const [x, y] = points.slice(-2);
    if (x === undefined || y === undefined || this.shared.stage !== "open") return;
    const point: SheetPoint = [x, y];
    placeOn(this.theirPen, point);
    this.theirPen.hidden = false;
    clearTimeout(this.penTimer);
    this.penTimer = setTimeout(() => {
      this.theirPen.hidden = true;
    }, PEN_MS);
  }

  /** Says what the stranger did. */
  private tellOf(did: DrawMessage["do"]): void {
    const { words, shared } = this;
    if (did === "keep") announce(words.text("they_keep"));
    if (did === "clear") announce(words.text(shared.clearing === "stranger" ? "they_clear" : "cleared"));
    const now = performance.now();
    if ((did !== "line" && did !== "undo") || shared.stage !== "open" || now < this.mayTellAt[did]) return;
    this.mayTellAt[did] = now + QUIET_MS;
    announce(words.text(did === "undo" ? "they_undid" : "they_draw"));
  }

  private changed(): void {
    const { shared, words } = this;
    this.paintSoon();
    this.undoButton.ariaDisabled = shared.myStrokes === 0 ? "true" : null;
    this.clearButton.ariaDisabled = shared.clearing === "me" || shared.stage !== "open" ? "true" : null;
    setText(this.status, this.sentence());
    setText(this.count, words.count("strokes", shared.myStrokes));
    const asked = shared.clearing === "stranger";
    if (asked === this.clearing.childElementCount > 0) return;
    this.clearing.replaceChildren(...(asked ? this.question(words) : []));
  }

  /** What is to be told now, if anything. */
  private sentence(): string {
    const { shared, words } = this;
    if (shared.stage !== "open") return words.text("not_ready");
    if (shared.isFull) return words.text("full");
    if (shared.clearing === "me") return words.text("i_clear");
    if (shared.clearing === "stranger") return words.text("they_clear");
    return "";
  }

  private question(words: DrawingTranslator): HTMLElement[] {
    const answer = (act: () => void) => {
      if (this.clearing.contains(document.activeElement)) this.canvas.focus();
      act();
      this.changed();
    };
    return [
      button(words.text("agree"), () => answer(() => this.shared.clear())),
      button(words.text("keep"), () => answer(() => this.shared.keep())),
    ];
  }

  private paintSoon(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => this.paint());
  }

  /** A flood of changes must not keep the device busy. */
  private paint(): void {
    this.frame = 0;
    const now = performance.now();
    if (now < this.mayPaintAt) {
      this.paintSoon();
      return;
    }
    this.painter.paint(this.shared.drawing);
    const end = performance.now();
    this.mayPaintAt = end + PAUSES * (end - now);
  }
}

function markOf(name: string): HTMLElement {
  const mark = document.createElement("span");
  mark.className = name;
  mark.setAttribute("aria-hidden", "true");
  mark.hidden = name === "their-pen";
  return mark;
}
