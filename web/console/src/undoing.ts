// The bar that says what was just decided here, as long as it can be undone.

import { button, byId } from "../../src/view/dom";
import { type Api, pathOf } from "./api";
import { h, idOf } from "./dom";
import { holding } from "./times";
import type { Decision } from "./types";
import { attempt } from "./view/forms";
import { named, say } from "./words";

export const UNDO_MS = 10 * 60_000;

export class Undoing {
  private press: HTMLButtonElement | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    /** The case is open again. */
    private readonly undone: (about: string, now: Decision | null) => void,
  ) {}

  offer(decision: Decision, about: string): void {
    const { level, made_at, until, visitor } = decision;
    const span = until ? Math.round((until - made_at) / 1000) : 0;
    const values = { level: named("level", level), holding: level === "good" ? "" : ` ${holding(span)}` };
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const press = button(
      say("undo_key"),
      () => void attempt(problem, press, () => this.undo(decision, about)),
    );
    const close = button("×", () => this.clear());
    close.setAttribute("aria-label", say("close"));
    close.className = "plain";
    const text = h("p", {}, say("decided", values), idOf(visitor));
    byId("decided").replaceChildren(text, press, close, problem);
    byId("decided").hidden = false;
    this.press = press;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.clear(), UNDO_MS);
  }

  /** As if the button was pressed, when there is one. */
  again(): void {
    this.press?.click();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.press = undefined;
    byId("decided").hidden = true;
    byId("decided").replaceChildren();
  }

  private async undo({ id }: Decision, about: string): Promise<void> {
    const body = { reason: say("undo_reason") };
    const answer = await this.api.send<{ decision: Decision | null }>(
      "POST",
      pathOf`/decisions/${id}/undo`,
      body,
    );
    this.clear();
    this.undone(about, answer.decision);
  }
}
