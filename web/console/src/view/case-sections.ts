// Builds the sections of a case, one function for each. `CaseView` puts them in their order.

import type { Case, Verdict } from "../api.generated";
import { h } from "../dom";
import { formatDuration, formatTime, formatUtc } from "../format-time";
import { knownLists } from "../known-lists";
import type { ScreenContext } from "../screen";
import { count, decimal, named, say } from "../words";
import { decisionView, deviceNotice, historyView } from "./decisions";
import { knownBanner } from "./known-picture";

/** Builds a section with a heading. `name` is for styles, and for keys that lead to the section. */
export function section(name: string, title: string, ...children: HTMLElement[]): HTMLElement {
  return h(
    "section",
    { class: "part", "data-section": name, "aria-label": title },
    h("h3", { tabindex: -1 }, title),
    ...children,
  );
}

/** Says above everything what a moderator must know before reading on. */
export function notices({ reports }: Case): HTMLElement[] {
  const minor = reports.some(({ reason }) => reason === "minor");
  const flagged = reports.length > 0 && reports.every(({ flag }) => flag);
  const known = knownLists(reports);
  return [
    ...(known.length > 0 ? [knownBanner(known)] : []),
    ...(minor ? [notice("minor", say("minor"), `${say("minor_long")}.`)] : []),
    ...(flagged ? [notice("flags-only", say("flags_only"), say("flags_only_long"))] : []),
  ];
}

function notice(mark: string, title: string, text: string): HTMLElement {
  return h("p", { class: `${mark}-notice` }, h("strong", { class: mark }, title), ` ${text}`);
}

/** Says how a closed case was closed. */
export function closedSection(shown: Case, context: ScreenContext, onUndone: () => void): HTMLElement[] {
  const { decision, standing, closed_at } = shown;
  if (!closed_at) return [];
  const closed = momentLine(closed_at, say("closed", { time: formatTime(closed_at) }));
  const by = decision && decision.id !== standing?.id ? [decisionView(decision, context, onUndone)] : [];
  return [section("closed", say("closed_by"), closed, ...by)];
}

/** Says what holds for the accused now. */
export function standingSection(shown: Case, context: ScreenContext, onUndone: () => void): HTMLElement {
  const { standing, accused } = shown;
  const now = standing ? decisionView(standing, context, onUndone) : h("p", {}, say("standing_good"));
  return section("standing", say("standing"), now, ...deviceNotice(standing, accused));
}

/** Says what triage has computed, and what follows by itself. */
export function triageSection({ verdict }: Case): HTMLElement[] {
  return verdict ? [section("triage", say("triage"), ...triage(verdict))] : [];
}

function triage({ score, networks, policy, level, seconds, rule }: Verdict): HTMLElement[] {
  const values = { score: decimal(score, 2), networks: count("network", networks), policy };
  const acts =
    level &&
    say("triage_acts", {
      level: named("level", level),
      rule: named("reason", rule),
      holding: formatDuration(seconds),
    });
  return [h("p", {}, say("triage_score", values)), h("p", {}, acts || say("triage_nothing"))];
}

/** Shows what else is known of the accused. The case itself is not part of its history. */
export function historySection({ id, history }: Case, context: ScreenContext): HTMLElement {
  const others = { ...history, cases: history.cases.filter((past) => past.id !== id) };
  return section("history", say("history"), historyView(others, context));
}

/** Says until when the case is kept, if somebody asked for that. */
export function heldNotice({ held_until }: Case): HTMLElement[] {
  return held_until ? [momentLine(held_until, say("held", { time: formatTime(held_until) }))] : [];
}

/** Builds a line about a moment, whose title has the moment in UTC. */
function momentLine(moment: number, text: string): HTMLElement {
  return h("p", { class: "quiet", title: formatUtc(moment) }, text);
}
