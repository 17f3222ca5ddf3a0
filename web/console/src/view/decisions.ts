// Shows decisions and the history of a visitor.

import type { Decision, DecisionResult, UndoRequest, VisitorHistory } from "../api.generated";
import { pathOf } from "../api-client";
import { type Child, field, h, timeElement, untrustedText } from "../dom";
import { formatAge, formatTime, formatUntil, formatUtc } from "../format-time";
import { evidenceText } from "../rests-on";
import type { ScreenContext } from "../screen";
import { named, reportCounts, say } from "../words";
import { createForm, loadInto } from "./forms";
import { notesView } from "./notes";
import { visitorId, visitorLink } from "./visitor-id";

/** Shows a level and its rule, such as "banned · Nudity or sex", in the colour of the level. */
export function badge(level: string, rule = ""): HTMLElement {
  const text = named("level", level) + (rule ? ` · ${named("reason", rule)}` : "");
  return h("span", { class: "badge", "data-level": level }, text);
}

/** Shows what became of an appeal. */
export function appealBadge(state: string): HTMLElement {
  const level = state === "overturned" ? "good" : state;
  return h("span", { class: "badge", "data-level": level }, named("appeal", state));
}

/** Shows a decision, with why nothing followed if it closed a case without action. */
export function decisionBadge({ level, rule, case: of, dismissal }: Decision): HTMLElement {
  const shown = badge(level, rule);
  if (level === "good" && of !== "") shown.append(` · ${named("dismissed", dismissal)}`);
  return shown;
}

export function decisionView(decision: Decision, context: ScreenContext, undone?: () => void): HTMLElement {
  const { level, made_at, until, automated, moderator, confirmed_by, statement, reason, evidence } = decision;
  const author = automated ? [say("automated")] : [`${say("by")} `, untrustedText(moderator)];
  if (confirmed_by) author.push(` ${say("confirmed_by")} `, untrustedText(confirmed_by));
  const facts: Child[] = [
    level !== "good" && untilView(until, context.now()),
    ...author,
    " · ",
    timeElement(made_at, formatTime(made_at)),
  ];
  return h(
    "div",
    { class: "decision", "data-decision": decision.id },
    h("p", {}, decisionBadge(decision), " ", h("span", { class: "quiet" }, ...facts)),
    statement !== "" && h("p", { class: "told" }, `${say("told")} `, untrustedText(statement)),
    level !== "good" &&
      evidence.length > 0 &&
      h("p", { class: "quiet" }, `${say("rested_on")} ${evidenceText(evidence)}`),
    reason !== "" && h("p", { class: "quiet" }, `${say("why")} `, untrustedText(reason)),
    decision.undoable && undone && undoForm(decision, context, undone),
  );
}

function untilView(until: number, now: number): HTMLElement {
  return h("span", { title: until ? formatUtc(until) : undefined }, `${formatUntil(until, now)} · `);
}

/** Builds the form that undoes a decision. It asks for a reason. */
function undoForm(decision: Decision, context: ScreenContext, undone: () => void): HTMLElement {
  const reason = h("input", { name: "undo-reason", required: true, autocomplete: "off" });
  const { form } = createForm(
    "undo",
    say("undone_open"),
    async () => {
      const path = pathOf`/decisions/${decision.id}/undo`;
      const body: UndoRequest = { reason: reason.value };
      const answer = await context.api.send<DecisionResult>("POST", path, body);
      context.toast(say("undone", { level: named("level", answer.decision?.level ?? "good") }));
      undone();
    },
    field(say("undo_why"), reason),
  );
  return h("details", {}, h("summary", {}, say("undo")), form);
}

/** Says so if the decision that holds for the visitor is about another one of their device. */
export function deviceNotice(standing: Decision | null, visitor: string): HTMLElement[] {
  const ofOther = standing !== null && standing.visitor !== visitor;
  return ofOther ? [h("p", { class: "quiet" }, say("standing_device"))] : [];
}

export function historyView(history: VisitorHistory, context: ScreenContext): HTMLElement {
  const { decisions, cases, device_decisions, device_cases, network_cases, appeals, filed } = history;
  const parts: [string, HTMLElement[]][] = [
    [say("history_decisions"), decisions.map((decision) => decisionView(decision, context))],
    [say("history_cases"), cases.map((one) => pastCase(one))],
    [say("history_device_decisions"), device_decisions.map((decision) => decisionView(decision, context))],
    [say("history_device_cases"), device_cases.map((one) => caseOfOther(one))],
    [say("history_network_cases"), network_cases.map((one) => caseOfOther(one))],
    [say("history_appeals"), appeals.map(pastAppeal)],
    [say("history_filed"), filed.map((report) => filedReport(report, context))],
  ];
  const told = parts.filter(([, entries]) => entries.length > 0);
  if (told.length === 0) return h("p", { class: "quiet" }, say("history_nothing"));
  const shown = told.map(([title, entries]) => [
    h("h4", {}, title),
    h("ul", {}, ...entries.map((entry) => h("li", {}, entry))),
  ]);
  return h("div", { class: "history" }, ...shown.flat());
}

function pastAppeal({ text, state, answer }: VisitorHistory["appeals"][number]): HTMLElement {
  const answered = answer === "" ? [] : [" · ", untrustedText(answer)];
  return h("p", {}, appealBadge(state), " ", untrustedText(text), ...answered);
}

function filedReport(report: VisitorHistory["filed"][number], { toast, now }: ScreenContext): HTMLElement {
  const { reason, flag, accused, filed_at, outcome } = report;
  return h(
    "p",
    {},
    flag && `${say("flag")} · `,
    named("reason", reason),
    " · ",
    visitorId(accused, toast),
    " · ",
    timeElement(filed_at, formatAge(filed_at, now())),
    ` · ${say(`outcome_${outcome}`)}`,
  );
}

function pastCase(one: VisitorHistory["cases"][number]): HTMLElement {
  const reports = reportCounts(one.reports, one.flags).join(", ");
  const said = say("history_case", { reports, time: formatTime(one.opened_at) });
  const link = h("a", { href: `#case/${encodeURIComponent(one.id)}`, title: formatUtc(one.opened_at) }, said);
  return h("p", {}, link, " ", one.decision ? decisionBadge(one.decision) : say("outcome_open"));
}

function caseOfOther(one: VisitorHistory["cases"][number]): HTMLElement {
  const shown = pastCase(one);
  shown.append(" ", visitorLink(one.accused));
  return shown;
}

/** Builds a section that loads a visitor's history when it is opened. */
export function historyOnDemand(label: string, visitor: string, context: ScreenContext): HTMLElement {
  const container = h("div", {});
  const details = h("details", { class: "on-demand" }, h("summary", {}, label), container);
  details.ontoggle = () => {
    if (!details.open || container.hasChildNodes()) return;
    const path = pathOf`/visitors/${visitor}`;
    void loadInto(
      container,
      () => context.api.get<VisitorHistory>(path),
      (history) => [
        h(
          "p",
          {},
          say("standing"),
          ": ",
          history.standing ? badge(history.standing.level, history.standing.rule) : badge("good"),
          " · ",
          visitorLink(visitor),
        ),
        ...deviceNotice(history.standing, visitor),
        historyView(history, context),
        notesView(history, context),
      ],
    );
  };
  return details;
}
