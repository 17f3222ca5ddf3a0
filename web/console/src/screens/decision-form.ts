// Shows the form of a decision. What is typed is kept in a draft until it is sent.

import { button } from "../../../src/view/dom";
import { type Case, type Decision, type DecisionResult, LEVELS, type Level } from "../api.generated";
import { pathOf } from "../api-client";
import {
  type DecisionDraft,
  decisionRequest,
  defaultStatement,
  newDraft,
  RULES_BY_SEVERITY,
  withRule,
} from "../decision-draft";
import { field, h, select } from "../dom";
import { durationsFor, formatDuration } from "../format-time";
import { restsOnText } from "../rests-on";
import type { ScreenContext } from "../screen";
import { createForm, type FormParts } from "../view/forms";
import { named, say } from "../words";

export interface DecisionFormHandlers {
  onDecided: (decision: Decision) => void;
  /** Runs when somebody else decided first or new reports came in: the case must be loaded again. */
  onConflict: () => void;
}

export class DecisionForm {
  readonly root = h("section", { class: "deciding", "aria-label": say("decision") });
  private readonly levels = new Map<Level, HTMLButtonElement>();
  private readonly container = h("div", {});
  private formParts: FormParts | undefined;
  private draft: DecisionDraft | undefined;
  private pictureSeen = false;
  private readonly restsOn = h("p", { class: "quiet", role: "status" });

  constructor(
    private readonly context: ScreenContext,
    private about: Case,
    private readonly handlers: DecisionFormHandlers,
  ) {
    for (const [index, level] of LEVELS.entries()) {
      const pressed = button(say(`decide_${level}`), () => this.openFor(level));
      pressed.append(h("kbd", { "aria-hidden": "true" }, String(index + 1)));
      pressed.dataset.level = level;
      pressed.setAttribute("aria-expanded", "false");
      this.levels.set(level, pressed);
    }
    this.root.append(h("div", { class: "levels" }, ...this.levels.values()), this.container);
    const kept = context.drafts.decisions.get(about.id);
    if (kept) this.show(kept, false);
  }

  /** Takes the case as it was loaded again; the form stays as it is. */
  setCase(about: Case): void {
    this.about = about;
    this.tellEvidence();
  }

  /** Notes that a picture of this report was shown: a decision from now on rests on pictures, too. */
  notePicture(report: string): void {
    this.pictureSeen ||= this.about.reports.some(({ id }) => id === report);
    this.tellEvidence();
  }

  get open(): boolean {
    return this.formParts !== undefined;
  }

  openFor(level: Level): void {
    const before = this.draft ?? this.context.drafts.decisions.get(this.about.id);
    this.show(before ? { ...before, level } : newDraft(level, this.about.reports), true);
  }

  /** Closes the form and keeps what was typed for the next time. */
  close(): void {
    if (!this.open) return;
    const level = this.draft?.level;
    this.formParts = undefined;
    this.draft = undefined;
    this.container.replaceChildren();
    this.markLevel();
    if (level) this.levels.get(level)?.focus();
  }

  submitForm(): void {
    this.formParts?.form.requestSubmit();
  }

  private show(draft: DecisionDraft, focus: boolean): void {
    this.update(draft);
    const reason = h("input", { name: "reason", required: true, autocomplete: "off", maxlength: 1000 });
    reason.value = draft.reason;
    reason.oninput = () => this.update({ ...this.current(), reason: reason.value });
    const fields = draft.level === "good" ? [] : this.consequences(draft);
    const means = h("p", { class: "quiet" }, say(`means_${draft.level}`));
    this.formParts = createForm(
      "decision",
      say("decide"),
      () => this.submit(),
      means,
      ...fields,
      field(say("reason"), reason),
      draft.level !== "good" && this.restsOn,
    );
    this.tellEvidence();
    this.formParts.submitButton.append(h("kbd", { "aria-hidden": "true" }, "Ctrl + Enter"));
    this.formParts.submitButton.after(button(say("cancel"), () => this.close()));
    this.container.replaceChildren(this.formParts.form);
    this.markLevel();
    if (!focus) return;
    reason.focus({ preventScroll: true });
    this.formParts.form.scrollIntoView({ block: "nearest" });
  }

  private tellEvidence(): void {
    this.restsOn.textContent = restsOnText(this.about, this.pictureSeen);
  }

  private consequences(draft: DecisionDraft): HTMLElement[] {
    const statement = h("textarea", { name: "statement", rows: 3, required: true, maxlength: 1000 });
    statement.value = draft.statement;
    statement.oninput = () => {
      const now = this.current();
      const ownStatement = statement.value.trim() !== "" && statement.value !== defaultStatement(now.rule);
      this.update({ ...now, statement: statement.value, ownStatement });
    };
    const rule = select("rule", RULES_BY_SEVERITY, draft.rule, (value) => named("reason", value));
    rule.onchange = () => {
      this.update(withRule(this.current(), rule.value));
      statement.value = this.current().statement;
    };
    return [field(say("rule"), rule), this.durations(draft), field(say("statement"), statement)];
  }

  private durations({ seconds }: DecisionDraft): HTMLElement {
    const choices = durationsFor(this.context.hasRole("senior")).map((value) => {
      const choice = h("input", { type: "radio", name: "seconds", value, checked: value === seconds });
      choice.onchange = () => this.update({ ...this.current(), seconds: value });
      return h("label", { class: "choice" }, choice, h("span", {}, formatDuration(value)));
    });
    return h("fieldset", { class: "durations" }, h("legend", {}, say("duration")), ...choices);
  }

  private async submit(): Promise<void> {
    const draft = this.current();
    const path = pathOf`/cases/${this.about.id}/decision`;
    const body = decisionRequest(draft, this.about.reports);
    try {
      const { decision } = await this.context.api.send<DecisionResult>("POST", path, body);
      this.context.drafts.decisions.delete(this.about.id);
      if (decision) this.handlers.onDecided(decision);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "conflict") this.handlers.onConflict();
      throw error;
    }
  }

  private current(): DecisionDraft {
    if (!this.draft) throw new Error("no decision is being written");
    return this.draft;
  }

  private update(draft: DecisionDraft): void {
    this.draft = draft;
    this.context.drafts.decisions.set(this.about.id, draft);
  }

  private markLevel(): void {
    for (const [level, pressed] of this.levels) {
      pressed.setAttribute("aria-expanded", String(this.open && level === this.draft?.level));
    }
  }
}
