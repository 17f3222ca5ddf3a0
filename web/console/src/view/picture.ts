// A picture that somebody reported: not loaded until it is wanted, then blurred, clear only while wanted.

import { type Api, pathOf } from "../api";
import { h, set } from "../dom";
import type { Frame } from "../types";
import { say } from "../words";
import { sentenceOf } from "./forms";

type State = "veiled" | "loading" | "blurred" | "clear";

export class Picture {
  readonly root: HTMLElement;
  state: State = "veiled";
  private readonly pressed = h("button", { type: "button", class: "picture" });
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private address: string | undefined;

  constructor(
    private readonly api: Api,
    private readonly report: string,
    private readonly frame: Frame,
    /** Its place among those of the report, from 1. */
    private readonly place: number,
    allowed: boolean,
  ) {
    this.pressed.disabled = !allowed;
    this.pressed.onclick = () => this.next();
    this.root = h("li", {}, this.pressed, facts(frame), this.problem);
    this.show("veiled");
  }

  get focused(): boolean {
    return document.activeElement === this.pressed;
  }

  focus(): void {
    this.pressed.focus();
    this.root.scrollIntoView({ block: "nearest" });
  }

  next(): void {
    if (this.state === "veiled") void this.unveil();
    else if (this.state !== "loading") this.toggle();
  }

  toggle(): void {
    if (this.state === "blurred") this.show("clear");
    else if (this.state === "clear") this.show("blurred");
  }

  async unveil(): Promise<void> {
    if (this.pressed.disabled || this.state !== "veiled") return;
    this.show("loading");
    this.problem.hidden = true;
    try {
      const path = pathOf`/reports/${this.report}/frames/${this.frame.number}`;
      const { blob } = await this.api.file(path, "");
      this.address = URL.createObjectURL(blob);
      this.pressed.replaceChildren(h("img", { src: this.address, alt: "" }));
      this.show("blurred");
    } catch (error) {
      this.show("veiled");
      this.problem.textContent = sentenceOf(error);
      this.problem.hidden = false;
    }
  }

  private said(state: State): string {
    if (this.pressed.disabled) return say("picture_forbidden");
    const { width, height } = this.frame;
    return state === "loading"
      ? say("loading")
      : say(`picture_${state}`, { number: this.place, width, height });
  }

  /** Nothing of it stays in memory. */
  forget(): void {
    if (this.address) URL.revokeObjectURL(this.address);
  }

  private show(state: State): void {
    this.state = state;
    const said = this.said(state);
    set(this.pressed, {
      "data-state": state,
      "aria-label": said,
      title: said,
    });
    if (state === "veiled" || state === "loading") this.pressed.replaceChildren(h("span", {}, said));
  }
}

function facts({ score, known }: Frame): HTMLElement {
  const said =
    score === null ? say("picture_unscored") : say("picture_score", { score: Math.round(score * 100) });
  return h(
    "p",
    { class: "quiet" },
    said,
    known && h("strong", { class: "known" }, ` · ${say("picture_known")}`),
  );
}
