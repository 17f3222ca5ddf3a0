// Chooses and fills in the templates of what visitors are told, as the service does. Pure.

import type { Level, StatementChoices, StatementTemplate } from "./api.generated";
import { isoDay } from "./format-time";

export const LANGUAGES = ["en", "de", "es", "fr", "pt", "ru", "tr", "ar"] as const;

/** The facts of a decision that a statement may name. */
export interface StatementFacts {
  rule: string;
  /** Unix milliseconds, 0 without an end. */
  until: number;
  /** The number of people who reported. */
  reporters: number;
}

/** Returns the templates of a rule that go with an action, the usual one first. */
export function templatesFor(choices: StatementChoices, rule: string, level: Level): StatementTemplate[] {
  return choices.templates.filter((template) => template.rule === rule && level in template.seconds);
}

export function templateNamed(choices: StatementChoices, name: string): StatementTemplate | undefined {
  return choices.templates.find((template) => template.name === name);
}

/** Returns the text that a visitor with this language reads. Without a text in it they read English. */
export function statementIn(
  choices: StatementChoices,
  { texts }: StatementTemplate,
  language: string,
  { rule, until, reporters }: StatementFacts,
): { text: string; language: string } {
  const chosen = language in texts ? language : "en";
  const names = choices.rules[rule] ?? {};
  const values: Record<string, string> = { site: choices.site, rule: names[chosen] ?? names.en ?? rule };
  if (until) values.until = isoDay(until);
  if (reporters >= choices.fewest_told) values.count = String(reporters);
  return { text: fill(texts[chosen] ?? "", values), language: chosen };
}

/** Fills in the places, and leaves out a part in brackets with a place that has no value. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  const kept = text.replace(/\[([^[\]]*)\]/g, (_, part: string) =>
    [...part.matchAll(/\{(\w*)\}/g)].every(([, place = ""]) => place in values) ? part : "",
  );
  return kept.replace(/\{(\w*)\}/g, (_, place: string) => values[place] ?? "").trim();
}
