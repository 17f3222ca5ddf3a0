// Shows the decision that was just made on this page, and a button that undoes it, for as long as undoing is allowed.

import { button, byId } from "../../src/view/dom";
import type { Decision, DecisionResult, UndoRequest } from "./api.generated";
import { type ApiClient, pathOf } from "./api-client";
import { h, shortId } from "./dom";
import { formatDuration } from "./format-time";
import { runAndReport } from "./view/forms";
import { named, say } from "./words";

export const UNDO_WINDOW_MS = 10 * 60_000;

export class UndoBar {
  private undoButton: HTMLButtonElement | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: ApiClient,
    /** Runs when the case is open again. */
    private readonly onUndone: (about: string, now: Decision | null) => void,
  ) {}

  show(decision: Decision, about: string): void {
    const { level, made_at, until, visitor } = decision;
    const span = until ? Math.round((until - made_at) / 1000) : 0;
    const values = {
      level: named("level", level),
      holding: level === "good" ? "" : ` ${formatDuration(span)}`,
    };
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const press = button(
      say("undo_key"),
      () => void runAndReport(problem, press, () => this.undo(decision, about)),
    );
    const close = button("×", () => this.clear());
    close.setAttribute("aria-label", say("close"));
    close.className = "plain";
    const text = h("p", {}, say("decided", values), " ", shortId(visitor));
    byId("decided").replaceChildren(text, press, close, problem);
    byId("decided").hidden = false;
    this.undoButton = press;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.clear(), UNDO_WINDOW_MS);
  }

  /** Presses the undo button if it is shown. */
  undoNow(): void {
    this.undoButton?.click();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.undoButton = undefined;
    byId("decided").hidden = true;
    byId("decided").replaceChildren();
  }

  private async undo({ id }: Decision, about: string): Promise<void> {
    const body: UndoRequest = { reason: say("undo_reason") };
    const answer = await this.api.send<DecisionResult>("POST", pathOf`/decisions/${id}/undo`, body);
    this.clear();
    this.onUndone(about, answer.decision);
  }
}
