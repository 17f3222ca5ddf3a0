// Shows what a case has to do with colleagues: who looks at it, who has it, what waits, and the notes.

import type { Case } from "../api.generated";
import { h } from "../dom";
import type { ScreenContext } from "../screen";
import { say } from "../words";
import { assignmentNotice, handOverForm } from "./hand-over";
import { notesView } from "./notes";
import { CasePresence } from "./presence";
import { secondLookNotice } from "./second-look";

export class CaseTeamwork {
  /** Stands above the case. */
  readonly root = h("div", { class: "teamwork" });
  private readonly notices = h("div", { class: "teamwork" });
  private readonly presence: CasePresence;
  private about: Case | undefined;
  private shown = "";

  constructor(
    private readonly context: ScreenContext,
    private readonly id: string,
    /** Runs when the case must be loaded again. */
    private readonly reload: () => void,
  ) {
    this.presence = new CasePresence(context, id, () => this.goOn());
    this.root.append(this.presence.root, this.notices);
  }

  /** Takes the case as it was loaded, and returns what stands below its facts. */
  sections(about: Case): HTMLElement[] {
    this.about = about;
    this.shown = "";
    this.update();
    const title = say("notes");
    const notes = notesView(about.history, this.context, about.id);
    const part = h("section", { class: "part", "aria-label": title }, h("h3", {}, title), notes);
    if (about.closed_at || !this.context.hasRole("moderator")) return [part];
    return [part, handOverForm(about.id, this.context, () => this.goOn())];
  }

  /** Shows the state of the team as it is now. What somebody types into a form stays. */
  update(): void {
    this.presence.update();
    const { assignments, proposals } = this.context.team.latest;
    const state = [assignments, proposals].map((list) => list.find((one) => one.case === this.id) ?? null);
    const now = JSON.stringify(state);
    if (!this.about || now === this.shown) return;
    this.shown = now;
    const notices = [
      assignmentNotice(this.id, this.context),
      secondLookNotice(this.about, this.context, this.reload),
    ];
    this.notices.replaceChildren(...notices.filter((notice) => notice !== undefined));
  }

  dispose(): void {
    this.presence.dispose();
  }

  /** Opens the next case that nobody else has, or the queue. */
  private goOn(): void {
    const next = this.context.queue.caseAfter(this.id);
    this.context.team.nextCase = next;
    this.context.navigate(next ? { screen: "case", id: next } : { screen: "queue", id: "" });
  }
}
