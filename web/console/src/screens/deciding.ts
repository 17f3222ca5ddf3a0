// The form of a decision. What is typed is kept in a draft until it is sent.

import { button } from "../../../src/view/dom";
import { pathOf } from "../api";
import type { Desk } from "../desk";
import { field, h, select } from "../dom";
import { type Draft, decisionIn, draftFor, RULES, statementFor, withRule } from "../rules";
import { durationsFor, holding } from "../times";
import { type Case, type Decision, LEVELS, type Level } from "../types";
import { type Sheet, sheet } from "../view/forms";
import { named, say } from "../words";

export interface DecidingActions {
  done: (decision: Decision) => void;
  /** Somebody else was faster, or more has come: the case is to be loaded again. */
  conflict: () => void;
}

export class Deciding {
  readonly root = h("section", { class: "deciding", "aria-label": say("decision") });
  private readonly levels = new Map<Level, HTMLButtonElement>();
  private readonly place = h("div", {});
  private sheet: Sheet | undefined;
  private draft: Draft | undefined;

  constructor(
    private readonly desk: Desk,
    private about: Case,
    private readonly actions: DecidingActions,
  ) {
    for (const [place, level] of LEVELS.entries()) {
      const pressed = button(say(`decide_${level}`), () => this.begin(level));
      pressed.append(h("kbd", { "aria-hidden": "true" }, String(place + 1)));
      pressed.dataset.level = level;
      pressed.setAttribute("aria-expanded", "false");
      this.levels.set(level, pressed);
    }
    this.root.append(h("div", { class: "levels" }, ...this.levels.values()), this.place);
    const kept = desk.drafts.decisions.get(about.id);
    if (kept) this.show(kept, false);
  }

  /** The case was loaded again; the form stays as it is. */
  renew(about: Case): void {
    this.about = about;
  }

  get open(): boolean {
    return this.sheet !== undefined;
  }

  begin(level: Level): void {
    const before = this.draft ?? this.desk.drafts.decisions.get(this.about.id);
    this.show(before ? { ...before, level } : draftFor(level, this.about.reports), true);
  }

  /** Closes the form; what was typed comes back with it. */
  close(): void {
    if (!this.open) return;
    const level = this.draft?.level;
    this.sheet = undefined;
    this.draft = undefined;
    this.place.replaceChildren();
    this.mark();
    if (level) this.levels.get(level)?.focus();
  }

  send(): void {
    this.sheet?.form.requestSubmit();
  }

  private show(draft: Draft, focus: boolean): void {
    this.update(draft);
    const reason = h("input", { name: "reason", required: true, autocomplete: "off", maxlength: 1000 });
    reason.value = draft.reason;
    reason.oninput = () => this.update({ ...this.current(), reason: reason.value });
    const fields = draft.level === "good" ? [] : this.consequences(draft);
    const means = h("p", { class: "quiet" }, say(`means_${draft.level}`));
    this.sheet = sheet(
      "decision",
      say("decide"),
      () => this.submit(),
      means,
      ...fields,
      field(say("reason"), reason),
    );
    this.sheet.send.append(h("kbd", { "aria-hidden": "true" }, "Ctrl + Enter"));
    this.sheet.send.after(button(say("cancel"), () => this.close()));
    this.place.replaceChildren(this.sheet.form);
    this.mark();
    if (!focus) return;
    reason.focus({ preventScroll: true });
    this.sheet.form.scrollIntoView({ block: "nearest" });
  }

  private consequences(draft: Draft): HTMLElement[] {
    const statement = h("textarea", { name: "statement", rows: 3, required: true, maxlength: 1000 });
    statement.value = draft.statement;
    statement.oninput = () => {
      const now = this.current();
      const ownStatement = statement.value.trim() !== "" && statement.value !== statementFor(now.rule);
      this.update({ ...now, statement: statement.value, ownStatement });
    };
    const rule = select("rule", RULES, draft.rule, (value) => named("reason", value));
    rule.onchange = () => {
      this.update(withRule(this.current(), rule.value));
      statement.value = this.current().statement;
    };
    return [field(say("rule"), rule), this.durations(draft), field(say("statement"), statement)];
  }

  private durations({ seconds }: Draft): HTMLElement {
    const choices = durationsFor(this.desk.may("senior")).map((value) => {
      const choice = h("input", { type: "radio", name: "seconds", value, checked: value === seconds });
      choice.onchange = () => this.update({ ...this.current(), seconds: value });
      return h("label", { class: "choice" }, choice, h("span", {}, holding(value)));
    });
    return h("fieldset", { class: "durations" }, h("legend", {}, say("duration")), ...choices);
  }

  private async submit(): Promise<void> {
    const draft = this.current();
    const path = pathOf`/cases/${this.about.id}/decision`;
    const body = decisionIn(draft, this.about.reports);
    try {
      const { decision } = await this.desk.api.send<{ decision: Decision }>("POST", path, body);
      this.desk.drafts.decisions.delete(this.about.id);
      this.actions.done(decision);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "conflict") this.actions.conflict();
      throw error;
    }
  }

  private current(): Draft {
    if (!this.draft) throw new Error("no decision is being written");
    return this.draft;
  }

  private update(draft: Draft): void {
    this.draft = draft;
    this.desk.drafts.decisions.set(this.about.id, draft);
  }

  private mark(): void {
    for (const [level, pressed] of this.levels) {
      pressed.setAttribute("aria-expanded", String(this.open && level === this.draft?.level));
    }
  }
}
