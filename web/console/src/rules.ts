// What the form of a decision begins with. Pure.

import type { CaseLine, Level, Report } from "./types";
import { type Key, say } from "./words";

/** The gravest first, which breaks ties. */
export const RULES = [
  "minor",
  "violence",
  "nudity",
  "hate",
  "harassment",
  "self_harm",
  "spam",
  "other",
] as const;

export interface Draft {
  level: Level;
  seconds: number;
  rule: string;
  statement: string;
  reason: string;
  /** The statement is the moderator's own, so another rule does not replace it. */
  ownStatement: boolean;
}

export const DAY = 86_400;

/** The reason that most reports give; the graver of two that are as common. */
export function commonest(reports: readonly Pick<Report, "reason">[]): string {
  const given = (rule: string) => reports.filter(({ reason }) => reason === rule).length;
  return [...RULES].sort((one, other) => given(other) - given(one))[0] ?? "other";
}

export function statementFor(rule: string): string {
  return say((RULES.some((known) => known === rule) ? `statement_${rule}` : "statement_other") as Key);
}

export function draftFor(level: Level, reports: readonly Pick<Report, "reason">[]): Draft {
  const rule = commonest(reports);
  return { level, seconds: DAY, rule, statement: statementFor(rule), reason: "", ownStatement: false };
}

export function withRule(draft: Draft, rule: string): Draft {
  return { ...draft, rule, statement: draft.ownStatement ? draft.statement : statementFor(rule) };
}

/** Of a case no more are shown, as the service chooses them: those of people first. */
const MOST_SHOWN = 500;

/** Whether a case has reports that are not among those shown, or one has taken the place of a flag. */
export function hasMore(
  line: Pick<CaseLine, "reports" | "flags">,
  shown: readonly Pick<Report, "flag">[],
): boolean {
  const people = shown.filter(({ flag }) => !flag).length;
  const there = [line.reports, line.reports - line.flags].map((number) => Math.min(number, MOST_SHOWN));
  return there[0] !== shown.length || there[1] !== people;
}

/** As the API takes it. A dismissal has no rule, no end and tells nobody anything. */
export function decisionIn(draft: Draft, reports: readonly Pick<Report, "flag">[]): object {
  const { level, seconds, rule, statement, reason } = draft;
  const seen = { seen: reports.length, seen_people: reports.filter(({ flag }) => !flag).length };
  if (level === "good") return { level, seconds: 0, rule: "", statement: "", reason, ...seen };
  return { level, seconds, rule, statement, reason, ...seen };
}
