// Shows what the visitor reads of a template, in the language of the moderator or in another one.

import type { Report, StatementChoices } from "../api.generated";
import { countReporters, type DecisionDraft } from "../decision-draft";
import { field, h, select } from "../dom";
import { LANGUAGES, statementIn, templateNamed } from "../statement-choices";
import { languageName, locale, say } from "../words";

export class StatementPreview {
  private readonly text = h("blockquote", { class: "told-text", dir: "auto" });
  private readonly language = select("read-in", LANGUAGES, locale(), languageName);
  private readonly root = h("div", { class: "preview" }, this.text, field(say("template_in"), this.language));
  private fill: () => void = () => {};

  constructor(
    private readonly choices: StatementChoices,
    private readonly now: () => number,
  ) {
    this.language.onchange = () => this.fill();
  }

  /** Shows the text for this draft, or nothing if the moderator types it. Returns the element. */
  show(draft: DecisionDraft, reports: readonly Pick<Report, "flag" | "reporter">[]): HTMLElement {
    const template = templateNamed(this.choices, draft.template);
    this.root.hidden = !template;
    if (!template) return this.root;
    const until = draft.seconds ? this.now() + draft.seconds * 1000 : 0;
    const facts = { rule: draft.rule, until, reporters: countReporters(reports) };
    this.fill = () => {
      const { text, language } = statementIn(this.choices, template, this.language.value, facts);
      this.text.textContent = text;
      this.text.lang = language;
    };
    this.fill();
    return this.root;
  }
}
