// Shows the form of a decision. What is typed is kept in a draft until it is sent.

import { button } from "../../../src/view/dom";
import {
  type Case, type Decision, type DecisionResult, DISMISSALS, LEVELS, type Level, type StatementChoices,
} from "../api.generated"; // biome-ignore format: short
import { pathOf } from "../api-client";
import {
  type DecisionDraft,
  decisionRequest,
  mostCommonReason,
  newDraft,
  RULES_BY_SEVERITY,
  usualLevel,
  withLevel,
  withRule,
  withTemplate,
} from "../decision-draft";
import { field, h, select } from "../dom";
import { DURATIONS, formatDuration } from "../format-time";
import { restsOnText } from "../rests-on";
import type { ScreenContext } from "../screen";
import { LANGUAGES, templateNamed, templatesFor } from "../statement-choices";
import { createForm, type FormParts } from "../view/forms";
import { StatementPreview } from "../view/statement-preview";
import { keyText, languageName, named, say, translated } from "../words";

export interface DecisionFormHandlers {
  onDecided: (decision: Decision) => void;
  /** Runs when somebody else decided first or new reports came in: the case must be loaded again. */
  onConflict: () => void;
}

export class DecisionForm {
  readonly root = h("section", { class: "deciding", "aria-label": say("decision") });
  private readonly levels = new Map<Level, HTMLButtonElement>();
  private readonly container = h("div", {});
  private readonly preview: StatementPreview;
  private formParts: FormParts | undefined;
  private draft: DecisionDraft | undefined;
  private pictureSeen = false;
  private readonly restsOn = h("p", { class: "quiet", role: "status" });

  constructor(
    private readonly context: ScreenContext,
    private about: Case,
    private readonly statements: StatementChoices,
    private readonly handlers: DecisionFormHandlers,
  ) {
    this.preview = new StatementPreview(statements, context.now);
    const usual = usualLevel(statements, about.reports);
    for (const [index, level] of LEVELS.entries()) {
      const pressed = button(say(`decide_${level}`), () => this.openFor(level));
      pressed.append(h("kbd", { "aria-hidden": "true" }, String(index + 1)));
      pressed.dataset.level = level;
      if (level === usual) {
        pressed.dataset.usual = "true";
        pressed.title = say("level_usual", { rule: named("reason", mostCommonReason(about.reports)) });
      }
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
    const draft = before
      ? withLevel(before, level, this.statements)
      : newDraft(level, this.about.reports, this.statements);
    this.show(draft, true);
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
    const said = draft.level === "good" || draft.template !== "";
    const reason = h("input", { name: "reason", required: !said, autocomplete: "off", maxlength: 1000 });
    reason.value = draft.reason;
    reason.placeholder = templateNamed(this.statements, draft.template)?.reason ?? "";
    reason.oninput = () => this.update({ ...this.current(), reason: reason.value });
    const fields = draft.level === "good" ? [this.dismissals(draft)] : this.consequences(draft);
    const means = h("p", { class: "quiet" }, say(`means_${draft.level}`));
    this.formParts = createForm(
      "decision",
      say("decide"),
      () => this.submit(),
      means,
      ...fields,
      field(say(said ? "reason_added" : "reason"), reason),
      draft.level !== "good" && this.restsOn,
    );
    this.tellEvidence();
    this.formParts.submitButton.append(h("kbd", { "aria-hidden": "true" }, keyText("Ctrl + Enter")));
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

  private dismissals(draft: DecisionDraft): HTMLElement {
    const counts = h("p", { class: "quiet" }, say(`dismissal_counts_${draft.dismissal}`));
    const choices = DISMISSALS.map((dismissal) => {
      const checked = dismissal === draft.dismissal;
      const choice = h("input", { type: "radio", name: "dismissal", value: dismissal, checked });
      choice.onchange = () => {
        this.update({ ...this.current(), dismissal });
        counts.textContent = say(`dismissal_counts_${dismissal}`);
      };
      return h("label", { class: "choice" }, choice, h("span", {}, say(`dismissal_${dismissal}`)));
    });
    return h("fieldset", { class: "durations" }, h("legend", {}, say("dismissal")), ...choices, counts);
  }

  private consequences(draft: DecisionDraft): HTMLElement[] {
    const rule = select("rule", RULES_BY_SEVERITY, draft.rule, (value) => named("reason", value));
    rule.onchange = () => this.showAgain(withRule(this.current(), rule.value, this.statements), rule);
    const names = templatesFor(this.statements, draft.rule, draft.level).map(({ name }) => name);
    const template = select("template", [...names, ""], draft.template, (name) => this.titleOf(name));
    template.onchange = () =>
      this.showAgain(withTemplate(this.current(), template.value, this.statements), template);
    return [
      field(say("rule"), rule),
      field(say("template"), template),
      this.preview.show(draft, this.about.reports),
      this.durations(draft),
      ...this.ownWords(draft),
    ];
  }

  /** Returns the fields for what the moderator types for the visitor. They are folded beside a template. */
  private ownWords({ template, statement, language }: DecisionDraft): HTMLElement[] {
    const needed = template === "";
    const text = h("textarea", { name: "statement", rows: 3, required: needed, maxlength: 1000 });
    text.value = statement;
    text.oninput = () => this.update({ ...this.current(), statement: text.value });
    const nameOf = (tag: string) => (tag ? languageName(tag) : say("statement_language_unsaid"));
    const spoken = select("language", ["", ...LANGUAGES], language, nameOf);
    spoken.onchange = () => this.update({ ...this.current(), language: spoken.value });
    const label = say(needed ? "statement_own" : "statement_added");
    const fields = [field(label, text), field(say("statement_language"), spoken)];
    if (needed) return fields;
    const folded = h("div", { class: "sheet" }, ...fields);
    return [h("details", { open: statement !== "" }, h("summary", {}, say("statement_add")), folded)];
  }

  private titleOf(template: string): string {
    const known = templateNamed(this.statements, template);
    return known ? translated(`title_${known.name}`, known.title) : say("template_none");
  }

  /** Builds the form again for another draft, and keeps the focus on the control that was changed. */
  private showAgain(draft: DecisionDraft, changed: HTMLSelectElement): void {
    this.show(draft, false);
    this.formParts?.form.querySelector<HTMLElement>(`[name="${changed.name}"]`)?.focus();
  }

  private durations({ seconds }: DecisionDraft): HTMLElement {
    const choices = (DURATIONS.includes(seconds) ? DURATIONS : [seconds, ...DURATIONS]).map((value) => {
      const choice = h("input", { type: "radio", name: "seconds", value, checked: value === seconds });
      choice.onchange = () => {
        this.update({ ...this.current(), seconds: value, ownSeconds: true });
        this.preview.show(this.current(), this.about.reports);
      };
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
