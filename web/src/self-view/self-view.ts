// My own picture in a call: hides it, and moves it between the corners by pointer, button or arrow keys.

import {
  type Area,
  type Corner,
  cornerByKey,
  nearestCorner,
  nextCorner,
  type Point,
  placeIn,
} from "../core/self-place";
import type { MyPictureTexts } from "../my-picture/texts";
import type { PageState, View } from "../page-state";
import { button, byId } from "../view/dom";
import { icon } from "./icons";
import type { SelfPlaceStore } from "./self-place-store";
import "../style/self-view.css";

/** What my picture must not cover. */
const TAKEN =
  ".bar, .chat, .curtain, .corner, .views, .check-card, .rewind, #hint, #opening, #scene, #toasts";
/** Where the page puts my picture at the top and not at the bottom, as in `style/phone.css`. */
const PHONE = "(width < 960px), (height < 520px)";
/** A finger that moves less has tapped. */
const TAP = 8;

export class SelfView implements View {
  private readonly stage = byId("stage");
  private readonly self = byId("self");
  private readonly tools = document.createElement("div");
  private readonly toggle = button("", () => this.change({ hidden: !this.hidden }));
  private readonly move = button("", () => this.change({ corner: nextCorner(this.corner) }));
  private chosen: Corner | undefined;
  private hidden: boolean;
  /** Where the pointer took hold, and where my picture was. */
  private held: { pointer: Point; self: Point } | undefined;
  /** The last press was for my picture, although it may have been on a button that nobody saw. */
  private grabbed = false;
  private inCall = false;
  private planned = 0;

  constructor(
    private readonly texts: MyPictureTexts,
    private readonly store: SelfPlaceStore,
  ) {
    ({ corner: this.chosen, hidden: this.hidden } = store.load());
    this.addTools();
    this.listen();
    const watch = new ResizeObserver(() => this.plan());
    for (const element of [this.stage, ...document.querySelectorAll(TAKEN)]) watch.observe(element);
  }

  render({ call: { phase } }: PageState): void {
    this.inCall = phase === "matched" || phase === "reconnecting"; // in a search my picture is the ground
    this.self.toggleAttribute("data-hidden", this.inCall && this.hidden);
    this.plan();
  }

  private addTools(): void {
    this.tools.className = "self-tools";
    this.toggle.className = "round toggle";
    this.move.className = "round";
    this.name(this.move, "move");
    this.name(this.toggle, this.hidden ? "show" : "hide");
    this.move.setAttribute("aria-keyshortcuts", "ArrowUp ArrowDown ArrowLeft ArrowRight");
    this.tools.append(this.move, this.toggle);
    this.self.append(this.tools);
  }

  private name(named: HTMLElement, does: "show" | "hide" | "move"): void {
    named.ariaLabel = named.title = this.texts[`self_${does}`];
    named.replaceChildren(icon(does));
  }

  private listen(): void {
    const { self } = this;
    self.addEventListener("pointerdown", (event) => this.hold(event));
    self.addEventListener("pointermove", (event) => this.drag(event));
    self.addEventListener("pointerup", (event) => this.drop(event));
    self.addEventListener("click", (event) => this.guard(event), { capture: true });
    self.addEventListener("pointercancel", () => this.letGo());
    this.tools.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("pointerdown", ({ target }) => {
      if (!self.contains(target as Node)) self.classList.remove("open");
    });
  }

  private change({
    corner = this.chosen,
    hidden = this.hidden,
  }: {
    corner?: Corner;
    hidden?: boolean;
  }): void {
    this.chosen = corner;
    this.hidden = hidden;
    this.store.save({ corner, hidden });
    this.self.toggleAttribute("data-hidden", hidden);
    this.name(this.toggle, hidden ? "show" : "hide");
    this.plan();
  }

  private pressed(event: KeyboardEvent): void {
    const corner = cornerByKey(this.corner, event.key, this.rightToLeft);
    if (!corner) return;
    event.preventDefault();
    this.change({ corner });
  }

  /** The corner where my picture is, also if nobody has moved it yet. */
  private get corner(): Corner {
    if (this.chosen) return this.chosen;
    const { left, top, width, height } = this.areaOf(this.self);
    const middle = { left: left + width / 2, top: top + height / 2 };
    return nearestCorner(middle, this.stage.getBoundingClientRect(), this.rightToLeft);
  }

  private get rightToLeft(): boolean {
    return document.documentElement.dir === "rtl";
  }

  private areaOf(element: Element): Area {
    const { left, top } = this.stage.getBoundingClientRect();
    const area = element.getBoundingClientRect();
    return { left: area.left - left, top: area.top - top, width: area.width, height: area.height };
  }

  /** Puts my picture into its corner before the next frame is shown. */
  private plan(): void {
    cancelAnimationFrame(this.planned);
    this.planned = requestAnimationFrame(() => this.place());
  }

  private place(): void {
    if (this.held) return;
    const { self, chosen } = this;
    // Where the page has a place for it, everything else is arranged around that.
    const usual = matchMedia(PHONE).matches ? "top_end" : "bottom_end";
    const place = this.inCall && chosen && chosen !== usual ? this.placeOf(chosen) : undefined;
    self.toggleAttribute("data-placed", place !== undefined);
    self.style.left = place ? `${place.left}px` : "";
    self.style.top = place ? `${place.top}px` : "";
  }

  private placeOf(corner: Corner): Point | undefined {
    const size = { width: this.self.offsetWidth, height: this.self.offsetHeight };
    const taken = [...document.querySelectorAll(TAKEN)]
      .map((element) => this.areaOf(element))
      .filter(({ width, height }) => width > 0 && height > 0);
    return placeIn(corner, size, this.stage.getBoundingClientRect(), taken, this.rightToLeft);
  }

  private hold(event: PointerEvent): void {
    const pressed = this.tools.contains(event.target as Node) && this.showsTools(event);
    this.grabbed = this.inCall && event.button === 0 && !pressed;
    if (!this.grabbed) return;
    event.stopPropagation();
    this.self.setPointerCapture(event.pointerId);
    this.held = { pointer: { left: event.clientX, top: event.clientY }, self: this.areaOf(this.self) };
  }

  /** A pointer that can hover sees the buttons before it presses one. */
  private showsTools({ pointerType }: PointerEvent): boolean {
    return pointerType === "mouse" || this.self.matches(".open, [data-hidden]");
  }

  /** Keeps a tap from pressing a button that was not shown. Keys press it in any case. */
  private guard(event: MouseEvent): void {
    if (this.grabbed && event.detail > 0) event.stopPropagation();
  }

  private drag({ clientX, clientY }: PointerEvent): void {
    if (!this.held) return;
    const { pointer, self } = this.held;
    this.self.toggleAttribute("data-placed", true);
    this.self.style.left = `${self.left + clientX - pointer.left}px`;
    this.self.style.top = `${self.top + clientY - pointer.top}px`;
  }

  private drop({ clientX, clientY }: PointerEvent): void {
    if (!this.held) return;
    const { pointer } = this.held;
    const { left, top, width, height } = this.areaOf(this.self);
    this.letGo();
    if (Math.hypot(clientX - pointer.left, clientY - pointer.top) < TAP) this.self.classList.toggle("open");
    else {
      const middle = { left: left + width / 2, top: top + height / 2 };
      const corner = nearestCorner(middle, this.stage.getBoundingClientRect(), this.rightToLeft);
      this.change({ corner });
    }
  }

  private letGo(): void {
    this.held = undefined;
    this.plan();
  }
}
