// Shows a reported picture. It is loaded only when asked for, then blurred, and clear only on request.

import type { ReportPicture } from "../api.generated";
import { type ApiClient, pathOf } from "../api-client";
import { h, setAttributes } from "../dom";
import { say } from "../words";
import { errorSentence } from "./forms";

type State = "veiled" | "loading" | "blurred" | "clear";

export class PictureButton {
  readonly root: HTMLElement;
  state: State = "veiled";
  private readonly button = h("button", { type: "button", class: "picture" });
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private objectUrl: string | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly report: string,
    private readonly frame: ReportPicture,
    /** The number of the picture in its report, from 1. */
    private readonly position: number,
    allowed: boolean,
  ) {
    this.button.disabled = !allowed;
    this.button.onclick = () => this.advance();
    this.root = h("li", {}, this.button, facts(frame), this.problem);
    this.show("veiled");
  }

  get focused(): boolean {
    return document.activeElement === this.button;
  }

  focus(): void {
    this.button.focus();
    this.root.scrollIntoView({ block: "nearest" });
  }

  advance(): void {
    if (this.state === "veiled") void this.load();
    else if (this.state !== "loading") this.toggleBlur();
  }

  toggleBlur(): void {
    if (this.state === "blurred") this.show("clear");
    else if (this.state === "clear") this.show("blurred");
  }

  async load(): Promise<void> {
    if (this.button.disabled || this.state !== "veiled") return;
    this.show("loading");
    this.problem.hidden = true;
    try {
      const path = pathOf`/reports/${this.report}/frames/${this.frame.number}`;
      const { blob } = await this.api.download(path, "");
      this.objectUrl = URL.createObjectURL(blob);
      this.button.replaceChildren(h("img", { src: this.objectUrl, alt: "" }));
      this.show("blurred");
    } catch (error) {
      this.show("veiled");
      this.problem.textContent = errorSentence(error);
      this.problem.hidden = false;
    }
  }

  private label(state: State): string {
    if (this.button.disabled) return say("picture_forbidden");
    const { width, height } = this.frame;
    return state === "loading"
      ? say("loading")
      : say(`picture_${state}`, { number: this.position, width, height });
  }

  /** Frees the memory of the picture. */
  dispose(): void {
    if (this.objectUrl) URL.revokeObjectURL(this.objectUrl);
  }

  private show(state: State): void {
    this.state = state;
    const said = this.label(state);
    setAttributes(this.button, {
      "data-state": state,
      "aria-label": said,
      title: said,
    });
    if (state === "veiled" || state === "loading") this.button.replaceChildren(h("span", {}, said));
  }
}

function facts({ score, known }: ReportPicture): HTMLElement {
  const said =
    score === null ? say("picture_unscored") : say("picture_score", { score: Math.round(score * 100) });
  return h(
    "p",
    { class: "quiet" },
    said,
    known && h("strong", { class: "known" }, ` · ${say("picture_known")}`),
  );
}
