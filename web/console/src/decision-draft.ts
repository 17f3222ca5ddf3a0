// Defines the draft of a decision, its defaults, and the request that is made of it. Pure.

import type {
  CaseSummary,
  DecisionRequest,
  Dismissal,
  Level,
  Report,
  StatementChoices,
} from "./api.generated";
import { knownLists } from "./known-lists";
import { templateNamed, templatesFor } from "./statement-choices";

/** Lists the rules, the gravest first. This order breaks ties. */
export const RULES_BY_SEVERITY = [
  "minor",
  "violence",
  "nudity",
  "hate",
  "harassment",
  "self_harm",
  "spam",
  "other",
] as const;

export interface DecisionDraft {
  level: Level;
  seconds: number;
  rule: string;
  /** The name of the template of the statement, empty for a typed one. */
  template: string;
  /** What the moderator typed for the visitor: in place of a template, or beside it. */
  statement: string;
  /** The language of what was typed, empty if the moderator does not say. */
  language: string;
  reason: string;
  /** Why nothing follows, in a dismissal. */
  dismissal: Dismissal;
  /** True if the moderator chose how long it lasts, so that another rule or action does not change it. */
  ownSeconds: boolean;
}

export const DAY = 86_400;

/** Returns the reason that most reports give. Of two that are equally common it returns the graver one. */
export function mostCommonReason(reports: readonly Pick<Report, "reason">[]): string {
  const given = (rule: string) => reports.filter(({ reason }) => reason === rule).length;
  return [...RULES_BY_SEVERITY].sort((one, other) => given(other) - given(one))[0] ?? "other";
}

/** Returns the rule that the form proposes. With a known picture, nobody is told that they advertised. */
export function proposedRule(reports: readonly Pick<Report, "reason" | "frames">[]): string {
  if (knownLists(reports).length === 0) return mostCommonReason(reports);
  const others = reports.filter(({ reason }) => reason !== "spam");
  return others.length > 0 ? mostCommonReason(others) : "other";
}

export function newDraft(
  level: Level,
  reports: readonly Pick<Report, "reason" | "frames">[],
  statements: StatementChoices,
): DecisionDraft {
  const typed = { statement: "", language: "", reason: "" };
  const start: DecisionDraft = {
    ...typed, level, seconds: DAY, rule: "", template: "", dismissal: "unfounded", ownSeconds: false,
  }; // biome-ignore format: short
  return withRule(start, proposedRule(reports), statements);
}

/** Returns what is usually decided for the rule that the form proposes. */
export function usualLevel(
  { templates }: StatementChoices,
  reports: readonly Pick<Report, "reason" | "frames">[],
): Level | undefined {
  const rule = proposedRule(reports);
  return templates.find((template) => template.rule === rule)?.level;
}

export function withRule(draft: DecisionDraft, rule: string, statements: StatementChoices): DecisionDraft {
  const template = templatesFor(statements, rule, draft.level)[0]?.name ?? "";
  return withUsualSeconds({ ...draft, rule, template }, statements);
}

/** Keeps the template if it goes with the other action. */
export function withLevel(draft: DecisionDraft, level: Level, statements: StatementChoices): DecisionDraft {
  const fitting = templatesFor(statements, draft.rule, level).map(({ name }) => name);
  const template = fitting.includes(draft.template) ? draft.template : (fitting[0] ?? "");
  return withUsualSeconds({ ...draft, level, template }, statements);
}

export function withTemplate(
  draft: DecisionDraft,
  template: string,
  statements: StatementChoices,
): DecisionDraft {
  return withUsualSeconds({ ...draft, template }, statements);
}

function withUsualSeconds(draft: DecisionDraft, statements: StatementChoices): DecisionDraft {
  if (draft.ownSeconds) return draft;
  const usual = templateNamed(statements, draft.template)?.seconds[draft.level];
  const seconds = usual ?? (draft.rule === "minor" ? 0 : DAY); // nobody is older tomorrow
  return { ...draft, seconds };
}

/** Counts the people who reported. */
export function countReporters(reports: readonly Pick<Report, "flag" | "reporter">[]): number {
  return new Set(reports.filter(({ flag }) => !flag).map(({ reporter }) => reporter.visitor)).size;
}

/** The service shows at most this many reports of a case, those from people first. */
const MAX_REPORTS_SHOWN = 500;

/** Tells whether a case has reports that are not among those shown, or a report that replaced a flag. */
export function hasUnseenReports(
  line: Pick<CaseSummary, "reports" | "flags">,
  shown: readonly Pick<Report, "flag">[],
): boolean {
  const people = shown.filter(({ flag }) => !flag).length;
  const there = [line.reports, line.reports - line.flags].map((number) =>
    Math.min(number, MAX_REPORTS_SHOWN),
  );
  return there[0] !== shown.length || there[1] !== people;
}

/** Returns the request for the API. A dismissal has no rule, no duration and no statement. */
export function decisionRequest(
  draft: DecisionDraft,
  reports: readonly Pick<Report, "flag">[],
): DecisionRequest {
  const { level, seconds, rule, template, statement, language, reason, dismissal } = draft;
  const seen = { seen: reports.length, seen_people: reports.filter(({ flag }) => !flag).length };
  if (level === "good") return { level, seconds: 0, rule: "", statement: "", reason, dismissal, ...seen };
  return { level, seconds, rule, statement, reason, template, language, ...seen };
}
