// Shows one picture in the viewer, and turns wheel, drag and pinch into zoom and shift.

import { setText } from "../../../src/view/dom";
import { h, setAttributes, shortId, timeElement } from "../dom";
import { formatAge } from "../format-time";
import { type Pane, transformOf } from "../picture-viewing";
import { named, say } from "../words";
import { knownMark } from "./known-picture";
import type { CasePicture } from "./picture-set";

export interface PaneHandlers {
  look: () => void;
  activate: () => void;
  /** `at` is a point of the pane as parts of its size, {0, 0} in the middle. */
  zoom: (factor: number, at: Point) => void;
  pan: (right: number, down: number) => void;
}

interface Point {
  x: number;
  y: number;
}

interface Finger {
  /** Where it was when the picture followed it last, and where it is now. */
  from: Point;
  to: Point;
}

/** How much a pixel of the wheel zooms, as an exponent. */
const WHEEL = 0.002;

export class ViewerPane {
  readonly root: HTMLElement;
  private readonly image = h("img", { class: "veiled", alt: "", draggable: "false" });
  private readonly show = h("button", { type: "button" });
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private readonly frame = h("div", { class: "pane" }, this.image, this.show, this.problem);
  private readonly caption = h("figcaption", {});
  private readonly fingers = new Map<number, Finger>();
  private following: number | undefined;
  private captioned: CasePicture | undefined;

  constructor(private readonly handlers: PaneHandlers) {
    this.root = h("figure", {}, this.frame, this.caption);
    this.show.onclick = () => handlers.look();
    this.root.addEventListener("pointerdown", () => handlers.activate());
    this.frame.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.frame.addEventListener("pointerdown", (event) => this.onPointerDown(event));
    this.frame.addEventListener("pointermove", (event) => this.onPointerMove(event));
    for (const end of ["pointerup", "pointercancel"] as const)
      this.frame.addEventListener(end, ({ pointerId }) => this.onPointerEnd(pointerId));
  }

  update(pane: Pane, picture: CasePicture, active: boolean, count: number, now: number): void {
    const { address, state, problem } = picture;
    const label = say("viewer_position", { number: pane.picture + 1, count });
    setAttributes(this.root, { "data-active": String(active), "data-state": state, "aria-label": label });
    this.image.hidden = address === undefined;
    this.image.style.transform = transformOf(pane);
    setAttributes(this.image, { src: address, alt: label, "data-sideways": pane.turns % 2 === 1 });
    this.show.hidden = address !== undefined;
    this.show.disabled = state === "loading";
    this.show.replaceChildren(
      state === "loading"
        ? say("loading")
        : say("viewer_show", { width: picture.frame.width, height: picture.frame.height }),
      ...(state === "loading" ? [] : [h("kbd", { "aria-hidden": "true" }, "v")]),
    );
    setText(this.problem, problem);
    if (this.captioned === picture) return;
    this.captioned = picture;
    this.caption.replaceChildren(...captionOf(picture, label, now));
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    this.handlers.activate();
    this.handlers.zoom(Math.exp(-event.deltaY * WHEEL), this.place(event));
  }

  private onPointerDown(event: PointerEvent): void {
    if (event.target instanceof HTMLButtonElement) return;
    this.frame.setPointerCapture(event.pointerId);
    this.follow(); // what the first finger has done so far counts before the second is there
    const at = this.place(event);
    this.fingers.set(event.pointerId, { from: at, to: at });
  }

  private onPointerMove(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) return;
    finger.to = this.place(event);
    // Fingers that move together have an event each: followed one by one, the picture would grow and shrink.
    this.following ??= requestAnimationFrame(() => this.follow());
  }

  private onPointerEnd(pointer: number): void {
    this.follow();
    this.fingers.delete(pointer);
  }

  /** Moves the picture with one finger, and moves and zooms it with two. */
  private follow(): void {
    this.following = undefined;
    const [one, other] = this.fingers.values();
    if (!one) return;
    const [from, to] = other ? [middle(one.from, other.from), middle(one.to, other.to)] : [one.from, one.to];
    if (other) {
      const before = Math.max(1, this.distance(one.from, other.from));
      this.handlers.zoom(this.distance(one.to, other.to) / before, from);
    }
    this.handlers.pan(to.x - from.x, to.y - from.y);
    for (const finger of this.fingers.values()) finger.from = finger.to;
  }

  /** Returns where an event is in the pane. */
  private place({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    return { x: (clientX - left) / width - 0.5, y: (clientY - top) / height - 0.5 };
  }

  /** Returns the distance of two points in pixels. */
  private distance(one: Point, other: Point): number {
    const { clientWidth, clientHeight } = this.frame;
    return Math.hypot((one.x - other.x) * clientWidth, (one.y - other.y) * clientHeight);
  }
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

/** Says whose picture it is, and from which report. */
function captionOf(picture: CasePicture, label: string, now: number): (Node | string)[] {
  const { report, reportNumber, frame } = picture;
  const score =
    frame.score === null
      ? say("picture_unscored")
      : say("picture_score", { score: Math.round(frame.score * 100) });
  return [
    h("strong", {}, label),
    ` · ${say("viewer_from", { number: reportNumber, reason: named("reason", report.reason) })} `,
    shortId(report.reporter.visitor),
    " · ",
    timeElement(report.filed_at, formatAge(report.filed_at, now)),
    ` · ${frame.width} × ${frame.height} · ${score}`,
    ...(frame.known ? [" · ", knownMark(frame.known)] : []),
  ];
}
