// Shows a case as one line of a list.

import type { CaseSummary } from "../api.generated";
import { type Child, h, shortId, timeElement } from "../dom";
import { formatAge } from "../format-time";
import type { QueueRow } from "../queue-list";
import { count, countryName, languageName, named, reportCounts, say } from "../words";
import { badge } from "./decisions";

/**
 * Returns the cells of a row. Each stands in its own column, also if it is empty. `marks` say who has the case,
 * and what it waits for.
 */
export function caseCells(
  { summary, closed }: QueueRow,
  now: number,
  marks: readonly HTMLElement[] = [],
): HTMLElement[] {
  const { frames, score, networks, accused } = summary;
  const given = cell("reasons-given", ...reasons(summary, marks));
  const stands = cell("stands", ...outcome(summary, closed));
  const reported = cell("reports-given", reportCounts(summary.reports, summary.flags).join(" · "));
  for (const cut of [given, stands, reported]) cut.title = (cut.textContent ?? "").trim(); // if the list is narrow
  const percent = Math.round((score ?? 0) * 100);
  return [
    given,
    languages(summary),
    cell("pictures-given", frames > 0 && count("picture", frames)),
    reported,
    cell("networks", networks > 0 && count("network", networks)),
    cell("scored", ...(percent > 0 ? [unseen(say("column_score")), ` ${percent}\u00a0%`] : [])),
    stands,
    cell("accused", shortId(accused)),
    age(summary, now),
  ];
}

function cell(name: string, ...children: Child[]): HTMLElement {
  return h("span", { class: name }, ...children, " ");
}

/** Returns text for screen readers, where the eyes have the name of the column. */
function unseen(text: string): HTMLElement {
  return h("span", { class: "unseen" }, text);
}

/** Returns what the two sides speak; pointing at it shows the kind of call and the country, too. */
function languages({ languages, mode, country }: CaseSummary): HTMLElement {
  const spoken = languages.map(languageName).join(", ");
  const from = country && say("accused_country", { country: countryName(country) });
  const shown = cell("languages", spoken);
  shown.title = [spoken, mode && named("mode", mode), from].filter(Boolean).join(" · ");
  return shown;
}

/** Returns the time since it was decided, or opened; pointing at it shows the time since its newest report. */
function age({ closed_at, opened_at, newest_at }: CaseSummary, now: number): HTMLElement {
  const since = closed_at || opened_at;
  const cell = h("span", { class: "age" }, timeElement(since, formatAge(since, now)));
  if (!closed_at) cell.title = say("newest", { age: formatAge(newest_at, now) });
  return cell;
}

/** Returns the marks and the reasons. Reasons come last, because a narrow list cuts what is last. */
function reasons(summary: CaseSummary, teamMarks: readonly HTMLElement[]): Child[] {
  const marks: Child[] = [];
  if (summary.known.length > 0) marks.push(h("strong", { class: "known-mark" }, say("known")));
  if (summary.minor)
    marks.push(h("strong", { class: "minor" }, `${say("minor")} ${summary.reasons.minor ?? ""}`.trim()));
  if (summary.flagged) marks.push(h("span", { class: "flags-only" }, say("flags_only")));
  if (summary.flood) marks.push(h("span", { class: "flags-only" }, say("flood")));
  const others = Object.entries(summary.reasons).filter(([reason]) => !(summary.minor && reason === "minor"));
  const given = others.sort(([, one], [, other]) => other - one);
  const chips = given.map(([reason, number]) =>
    h("span", { class: "chip", "data-reason": reason }, `${named("reason", reason)} ${number}`),
  );
  return [...marks, ...teamMarks, ...chips].flatMap((chip) => [chip, " "]);
}

/** Returns what was decided and by whom, or what holds now. */
function outcome({ decision, standing, closed_at }: CaseSummary, closed: boolean): Child[] {
  if (decision) return [badge(decision.level), ` ${decision.moderator || say("automated")}`];
  if (closed || closed_at) return [h("em", {}, say("closed_meanwhile"))];
  return standing && standing.level !== "good" ? [badge(standing.level)] : [];
}

/** Returns the names of the columns, for the eyes: each cell says by itself what it is. */
export function columnNames(): HTMLElement {
  const names = [
    "reasons-given",
    "languages",
    "pictures-given",
    "reports-given",
    "networks",
    "scored",
  ] as const;
  const keys = {
    "reasons-given": "column_reasons",
    languages: "column_languages",
    "pictures-given": "pictures",
    "reports-given": "column_reports",
    networks: "column_networks",
    scored: "column_score",
  } as const;
  return h(
    "div",
    { class: "columns", "aria-hidden": "true" },
    ...names.map((name) => h("span", { class: name }, say(keys[name]))),
    h("span", { class: "stands" }, say("column_standing")),
    h("span", { class: "accused" }, say("visitor")),
    h("span", { class: "age" }, say("column_age")),
  );
}
