// What the form of a decision begins with. Pure.

import type { Level, Report } from "./types";
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

/** As the API takes it. A dismissal has no rule, no end and tells nobody anything. */
export function decisionIn(draft: Draft, seen: number): object {
  const { level, seconds, rule, statement, reason } = draft;
  if (level === "good") return { level, seconds: 0, rule: "", statement: "", reason, seen };
  return { level, seconds, rule, statement, reason, seen };
}
