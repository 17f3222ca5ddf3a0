// A swipe over the picture of a call means Next: to the left, or to the right where one reads from right to left.

import { type Finger, maySwipe, type Screen, swiped } from "../core/swipe";
import type { Dispatch, PageState, View } from "../page-state";
import { byId } from "../view/dom";
import "./swipe.css";

/** What a finger on it means something else on. */
const TAKEN = "button, input, select, textarea, a, dialog, .self, .views, .check-card, .trouble";

interface Held {
  pointer: number;
  from: Finger;
  screen: Screen;
}

export class SwipeNext implements View {
  private readonly stage = byId("stage");
  private readonly sign = document.createElement("p");
  private talks = false;
  private held: Held | undefined;

  constructor(
    next: string,
    private readonly dispatch: Dispatch,
  ) {
    const { stage, sign } = this;
    sign.className = "pill swipe";
    sign.textContent = next;
    sign.ariaHidden = "true"; // who sees no picture has the button
    sign.hidden = true;
    stage.append(sign);
    stage.addEventListener("pointerdown", (event) => this.begin(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.end(event));
    stage.addEventListener("pointercancel", () => this.letGo());
  }

  render({ call: { phase, conversation } }: PageState): void {
    const talks = phase === "matched" && conversation !== undefined && conversation.mode !== "text";
    if (talks !== this.talks) this.letGo();
    this.talks = talks;
    this.stage.classList.toggle("swipes", talks);
  }

  private begin(event: PointerEvent): void {
    const alone = event.pointerType === "touch" && event.isPrimary && !this.held;
    this.letGo(); // a second finger means something else
    if (!alone || !this.talks || (event.target as Element).closest(TAKEN)) return;
    const screen = {
      stage: this.stage.clientWidth,
      window: innerWidth,
      rightToLeft: document.documentElement.dir === "rtl",
    };
    const from = fingerOf(event);
    if (!maySwipe(from, screen)) return;
    this.held = { pointer: event.pointerId, from, screen };
  }

  private move(event: PointerEvent): void {
    const done = this.share(event);
    if (done === undefined) this.letGo();
    else this.show(done);
  }

  private end(event: PointerEvent): void {
    const done = this.share(event);
    this.letGo();
    if (done === 1) this.dispatch({ type: "next" });
  }

  private share(event: PointerEvent): number | undefined {
    if (event.pointerId !== this.held?.pointer) return undefined;
    return swiped(this.held.from, fingerOf(event), this.held.screen);
  }

  /** Says where it leads, more clearly the further it is. */
  private show(done: number): void {
    const { sign } = this;
    sign.hidden = done === 0;
    sign.style.setProperty("--done", String(done));
    sign.classList.toggle("far", done === 1);
  }

  private letGo(): void {
    this.held = undefined;
    this.sign.hidden = true;
  }
}

function fingerOf({ clientX: x, clientY: y, timeStamp: at }: PointerEvent): Finger {
  return { x, y, at };
}
