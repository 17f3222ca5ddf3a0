// Shows pictures over the whole window: zoomed, turned, hidden by strength, and two beside each other.

import { button } from "../../../src/view/dom";
import type { Level } from "../api.generated";
import { h, setAttributes } from "../dom";
import { keyPressOf } from "../keyboard";
import {
  activePane,
  fitted,
  panned,
  pannedBySteps,
  STRONGEST_BLUR,
  startViewing,
  stepped,
  turned,
  type Veil,
  type Viewing,
  withActive,
  withBesideToggled,
  withBlur,
  withBlurToggled,
  withGreyToggled,
  withPicture,
  zoomed,
  zoomedBySteps,
} from "../picture-viewing";
import type { ScreenContext } from "../screen";
import { type ViewerAction, viewerActionFor } from "../viewer-keys";
import { type Key, say } from "../words";
import type { PictureSet } from "./picture-set";
import { showVeil } from "./picture-strip";
import { ViewerPane } from "./viewer-pane";

export interface ViewerHandlers {
  /** The viewer was closed while this picture was the active one. */
  onClosed: (place: number) => void;
  /** The key of a level was pressed, and the viewer has closed. Without it those keys do nothing. */
  onDecide?: ((level: Level) => void) | undefined;
}

export class PictureViewer {
  private viewing: Viewing = startViewing(0);
  /** True from the key of a level on: the focus goes to the form, and not back to the picture. */
  private deciding = false;
  private readonly panes: ViewerPane[];
  private readonly place = h("div", { class: "viewer-panes" });
  private readonly position = h("p", { class: "viewer-position", role: "status" });
  private readonly zoom = h("output", { class: "viewer-zoom" });
  private readonly blur = h("input", { type: "range", min: 0, max: STRONGEST_BLUR, id: "viewer-blur" });
  private readonly grey = this.control("viewer_grey", "g", { type: "grey" });
  private readonly beside = this.control("viewer_beside", "s", { type: "beside" });
  private readonly dialog = h("dialog", { class: "viewer", "aria-label": say("viewer"), tabindex: -1 });

  constructor(
    private readonly context: ScreenContext,
    private readonly set: PictureSet,
    private readonly handlers: ViewerHandlers,
  ) {
    this.panes = [0, 1].map((number) => this.createPane(number));
    this.blur.oninput = () => this.hide({ ...this.veil, blur: this.blur.valueAsNumber });
    this.dialog.append(this.bar(), this.place);
    this.dialog.onkeydown = (event) => this.onKeyDown(event);
    this.dialog.onclose = () => this.onClosed();
    set.onChange(() => this.update());
  }

  get open(): boolean {
    return this.dialog.open;
  }

  /** Shows a picture. If it was not seen yet, it is loaded: whoever opened it asked for it. */
  show(place: number): void {
    this.viewing = startViewing(place);
    this.deciding = false;
    document.body.append(this.dialog);
    if (!this.open) this.dialog.showModal();
    this.dialog.focus();
    void this.set.look(place);
    this.update();
  }

  /** Loads the shown picture, or else the next one that was not seen, and shows it. */
  lookAtNext(): void {
    const next = this.set.nextUnseen(activePane(this.viewing).picture);
    if (next === undefined) return;
    this.change(withPicture(this.viewing, next));
    void this.set.look(next);
  }

  close(): void {
    if (this.open) this.dialog.close();
  }

  private get veil(): Veil {
    return this.context.pictures.veil;
  }

  private onClosed(): void {
    this.dialog.remove();
    if (!this.deciding) this.handlers.onClosed(activePane(this.viewing).picture);
  }

  private onKeyDown(event: KeyboardEvent): void {
    // The arrows move the slider while it has the focus.
    if (event.target === this.blur && event.key.startsWith("Arrow")) return;
    const action = viewerActionFor(keyPressOf(event));
    if (!action) return;
    event.preventDefault();
    this.perform(action);
  }

  private perform(action: ViewerAction): void {
    const { viewing } = this;
    const { length } = this.set.pictures;
    if (action.type === "unveil") this.lookAtNext();
    if (action.type === "blur") this.hide(withBlurToggled(this.veil));
    if (action.type === "strength") this.hide(withBlur(this.veil, action.step));
    if (action.type === "grey") this.hide(withGreyToggled(this.veil));
    if (action.type === "turn") this.change(turned(viewing));
    if (action.type === "fit") this.change(fitted(viewing));
    if (action.type === "beside") this.change(withBesideToggled(viewing, length));
    if (action.type === "other") this.change(withActive(viewing, 1 - viewing.active));
    if (action.type === "picture") this.change(stepped(viewing, action.step, length));
    if (action.type === "zoom") this.change(zoomedBySteps(viewing, action.steps));
    if (action.type === "pan") this.change(pannedBySteps(viewing, action.right, action.down));
    if (action.type === "decide") this.decide(action.level);
  }

  private decide(level: Level): void {
    if (!this.handlers.onDecide) return;
    this.deciding = true;
    this.close();
    this.handlers.onDecide(level);
  }

  private change(viewing: Viewing): void {
    this.viewing = viewing;
    this.update();
  }

  private hide(veil: Veil): void {
    this.context.pictures.veil = veil;
    this.set.changed();
  }

  private update(): void {
    const { panes, active } = this.viewing;
    const { pictures } = this.set;
    if (!this.open || pictures.length === 0) return;
    const shown = this.panes.slice(0, panes.length);
    if (this.place.childElementCount !== shown.length)
      this.place.replaceChildren(...shown.map(({ root }) => root));
    for (const [number, pane] of panes.entries()) {
      const picture = pictures[pane.picture];
      if (picture)
        shown[number]?.update(pane, picture, number === active, pictures.length, this.context.now());
    }
    this.updateBar();
  }

  private updateBar(): void {
    const { picture, zoom } = activePane(this.viewing);
    const { veil } = this;
    const count = this.set.pictures.length;
    const position = say("viewer_position", { number: picture + 1, count });
    if (this.position.textContent !== position) this.position.textContent = position;
    this.zoom.textContent = `${Math.round(zoom * 100)}\u00a0%`;
    this.blur.valueAsNumber = veil.blur;
    this.blur.setAttribute("aria-valuetext", say(`viewer_blur_${veil.blur}` as Key));
    this.grey.setAttribute("aria-pressed", String(veil.grey));
    this.beside.setAttribute("aria-pressed", String(this.viewing.panes.length > 1));
    this.beside.hidden = count < 2;
    showVeil(this.dialog, veil);
  }

  private createPane(number: number): ViewerPane {
    return new ViewerPane({
      look: () => void this.set.look(this.viewing.panes[number]?.picture ?? 0),
      activate: () => this.viewing.active !== number && this.change(withActive(this.viewing, number)),
      zoom: (factor, at) => this.change(zoomed(this.viewing, factor, at)),
      pan: (right, down) => this.change(panned(this.viewing, right, down)),
    });
  }

  private bar(): HTMLElement {
    const group = (...children: HTMLElement[]) => h("div", { class: "row" }, ...children);
    const close = button(say("close"), () => this.close());
    close.append(h("kbd", { "aria-hidden": "true" }, "Esc"));
    const blur = h(
      "label",
      { for: "viewer-blur" },
      say("viewer_blur"),
      h("kbd", { "aria-hidden": "true" }, "b"),
    );
    return h(
      "div",
      { class: "viewer-bar", role: "group", "aria-label": say("viewer_controls") },
      group(
        this.sign("‹", "viewer_previous", { type: "picture", step: -1 }),
        this.position,
        this.sign("›", "viewer_next", { type: "picture", step: 1 }),
      ),
      group(
        this.sign("−", "viewer_smaller", { type: "zoom", steps: -1 }),
        this.zoom,
        this.sign("+", "viewer_larger", { type: "zoom", steps: 1 }),
        this.control("viewer_fit", "0", { type: "fit" }),
        this.control("viewer_turn", "r", { type: "turn" }),
      ),
      group(h("div", { class: "viewer-blur" }, blur, this.blur), this.grey, this.beside),
      close,
    );
  }

  private control(label: Key, key: string, action: ViewerAction): HTMLButtonElement {
    const made = button(say(label), () => this.perform(action));
    made.append(h("kbd", { "aria-hidden": "true" }, key));
    return made;
  }

  /** Builds a button with only a sign on it. */
  private sign(text: string, label: Key, action: ViewerAction): HTMLButtonElement {
    const made = button(text, () => this.perform(action));
    made.className = "sign";
    setAttributes(made, { "aria-label": say(label), title: say(label) });
    return made;
  }
}
