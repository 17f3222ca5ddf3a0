// Defines the draft of a decision, its defaults, and the request that is made of it. Pure.

import type { CaseSummary, DecisionRequest, Level, Report } from "./api.generated";
import { knownLists } from "./known-lists";
import { type Key, say } from "./words";

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
  statement: string;
  reason: string;
  /** True if the moderator wrote the statement, so that choosing another rule does not replace it. */
  ownStatement: boolean;
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

export function defaultStatement(rule: string): string {
  return say(
    (RULES_BY_SEVERITY.some((known) => known === rule) ? `statement_${rule}` : "statement_other") as Key,
  );
}

export function newDraft(level: Level, reports: readonly Pick<Report, "reason" | "frames">[]): DecisionDraft {
  const rule = proposedRule(reports);
  return { level, seconds: DAY, rule, statement: defaultStatement(rule), reason: "", ownStatement: false };
}

export function withRule(draft: DecisionDraft, rule: string): DecisionDraft {
  return { ...draft, rule, statement: draft.ownStatement ? draft.statement : defaultStatement(rule) };
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
  const { level, seconds, rule, statement, reason } = draft;
  const seen = { seen: reports.length, seen_people: reports.filter(({ flag }) => !flag).length };
  if (level === "good") return { level, seconds: 0, rule: "", statement: "", reason, ...seen };
  return { level, seconds, rule, statement, reason, ...seen };
}
