// Shows a case and the form of its decision.

import { button, setText } from "../../../src/view/dom";
import type { Case, Decision, StatementChoices } from "../api.generated";
import { pathOf } from "../api-client";
import { hasUnseenReports } from "../decision-draft";
import { h, timeElement } from "../dom";
import { formatAge } from "../format-time";
import type { Action } from "../keyboard";
import type { Screen, ScreenContext } from "../screen";
import { CaseView } from "../view/case";
import { caseSkeleton } from "../view/case-skeleton";
import { CaseTeamwork } from "../view/case-teamwork";
import { badge } from "../view/decisions";
import { loadInto } from "../view/forms";
import { visitorId } from "../view/visitor-id";
import { reportCounts, say } from "../words";
import { DecisionForm } from "./decision-form";
import { holdAndExport } from "./hold-and-export";

export class CaseScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly heading = h("h2", { tabindex: -1 }, say("screen_case"));
  private readonly title = h("div", { class: "row case-title" }, this.heading);
  private readonly facts = h("div", { class: "row case-facts" });
  private readonly notice = h("p", { class: "changed", role: "status", hidden: true });
  private readonly body = h("div", {});
  private readonly view: CaseView;
  private readonly teamwork: CaseTeamwork;
  private decisionForm: DecisionForm | undefined;
  private loaded: Case | undefined;
  /** Missing for viewers, who decide nothing. */
  private statements: StatementChoices | undefined;
  private nextCase: string | undefined;
  private disposed = false;

  constructor(
    private readonly context: ScreenContext,
    private readonly id: string,
  ) {
    this.view = new CaseView(context, {
      onUndone: () => void this.load(),
      onPictureShown: (report) => this.decisionForm?.notePicture(report),
      onDecide: (level) => this.decisionForm?.openFor(level),
    });
    this.teamwork = new CaseTeamwork(context, id, () => void this.load());
    const back = h("a", { class: "back-link", href: "#queue" }, say("back_to_queue"));
    this.root.append(
      h("header", { class: "case-head" }, back, this.title, this.facts),
      this.teamwork.root,
      this.notice,
      this.body,
    );
    context.queue.select(id);
    context.queue.inView = [id];
    this.body.append(caseSkeleton(context.queue.row(id)?.summary.frames ?? 0));
    void this.load();
  }

  onAction(action: Action): void {
    if (action.type === "back") this.goBack();
    if (action.type === "close") this.decisionForm?.close();
    if (action.type === "send") this.decisionForm?.submitForm();
    if (action.type === "decide") this.decisionForm?.openFor(action.level);
    if (action.type === "unveil") this.view.showNextPicture();
    if (action.type === "blur") this.view.toggleBlur();
    if (action.type === "chat") this.view.toggleChats();
    if (action.type === "history") this.view.showHistory();
    if (action.type === "report") this.view.stepReport(action.step);
    if (action.type === "next" || action.type === "previous") this.step(action.type === "next" ? 1 : -1);
  }

  dispose(): void {
    this.disposed = true;
    this.view.dispose();
    this.teamwork.dispose();
  }

  onQueueChange(): void {
    this.teamwork.update();
    const { loaded } = this;
    const row = this.context.queue.row(this.id);
    if (!loaded || loaded.closed_at || !row) return;
    if (row.closed && this.nextCase === undefined) this.offerReload(say("case_decided"));
    else if (!row.closed && hasUnseenReports(row.summary, loaded.reports))
      this.offerReload(say("case_changed"));
    else setText(this.notice, undefined);
  }

  private offerReload(text: string): void {
    setText(this.notice, text);
    this.notice.append(
      " ",
      button(say("case_reload"), () => void this.load()),
    );
  }

  private goBack(): void {
    if (this.decisionForm?.open) this.decisionForm.close();
    else this.context.navigate({ screen: "queue", id: "" });
  }

  private step(step: 1 | -1): void {
    this.context.queue.moveSelection(step);
    const to = this.context.queue.list.selected;
    if (to && to !== this.id) this.context.navigate({ screen: "case", id: to });
  }

  private async load(): Promise<void> {
    const path = pathOf`/cases/${this.id}`;
    const focused = document.activeElement;
    await loadInto(
      this.body,
      async () => {
        const [loaded, choices] = await Promise.all([this.context.api.get<Case>(path), this.choices()]);
        this.statements = choices;
        return loaded;
      },
      (loaded) => [this.show(loaded)],
    );
    if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus({ preventScroll: true });
  }

  private async choices(): Promise<StatementChoices | undefined> {
    return this.context.hasRole("moderator") ? this.context.statements() : undefined;
  }

  private show(loaded: Case): HTMLElement {
    this.loaded = loaded;
    setText(this.notice, undefined);
    this.showHead(loaded);
    const last = this.teamwork.sections(loaded);
    if (this.context.hasRole("senior")) last.push(...holdAndExport(loaded, this.context));
    return this.view.render(loaded, { decision: this.decisionSection(loaded), last });
  }

  /** Says in one line whose case it is, and what holds for them. */
  private showHead({ accused, standing, reports, opened_at }: Case): void {
    this.heading.replaceChildren(say("case_of"), " ", visitorId(accused, this.context.toast));
    const flags = reports.filter(({ flag }) => flag).length;
    this.title.replaceChildren(this.heading);
    this.facts.replaceChildren(
      standing ? badge(standing.level, standing.rule) : badge("good"),
      h("span", { class: "quiet" }, reportCounts(reports.length, flags).join(", ")),
      h(
        "span",
        { class: "quiet" },
        timeElement(opened_at, say("opened", { age: formatAge(opened_at, this.context.now()) })),
      ),
      this.decideLink(),
    );
  }

  /** Builds the way to the decision on a phone, where it stands below everything else. */
  private decideLink(): HTMLButtonElement {
    const link = button(`${say("decision")} ↓`, () => this.view.showDecision());
    link.className = "only-narrow";
    return link;
  }

  /** Returns the form of the decision, which is kept when the case is loaded again. */
  private decisionSection(loaded: Case): HTMLElement[] {
    if (loaded.closed_at && !this.decisionForm?.open) this.decisionForm = undefined;
    else if (this.decisionForm) this.decisionForm.setCase(loaded);
    else if (this.statements) this.decisionForm = this.createDecisionForm(loaded, this.statements);
    if (this.decisionForm) return [this.decisionForm.root];
    return loaded.closed_at ? [] : [h("p", { class: "quiet" }, say("decision_viewer"))];
  }

  private createDecisionForm(loaded: Case, statements: StatementChoices): DecisionForm {
    return new DecisionForm(this.context, loaded, statements, {
      onDecided: (decision) => this.onDecided(decision),
      onConflict: () => void this.load(),
    });
  }

  private onDecided(decision: Decision): void {
    this.nextCase = this.context.queue.caseAfter(this.id) ?? "";
    this.context.team.nextCase = this.nextCase;
    this.context.offerUndo(decision, this.id);
    if (this.disposed) return; // the moderator has gone elsewhere, and may be typing there
    if (this.nextCase) this.context.navigate({ screen: "case", id: this.nextCase });
    else {
      this.context.toast(say("queue_done"));
      this.context.navigate({ screen: "queue", id: "" });
    }
  }
}
