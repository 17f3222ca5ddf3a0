// Shows to whom a case was handed, and the form that hands it over.

import { button } from "../../../src/view/dom";
import type { AssignmentRequest } from "../api.generated";
import { pathOf } from "../api-client";
import { field, h, select, untrustedText } from "../dom";
import type { ScreenContext } from "../screen";
import { say } from "../words";
import { createForm, runAndReport } from "./forms";

/** Builds the line that says who has the case, with the button that gives it back. */
export function assignmentNotice(caseId: string, context: ScreenContext): HTMLElement | undefined {
  const { latest, me } = context.team;
  const handed = latest.assignments.find((assignment) => assignment.case === caseId);
  if (!handed) return undefined;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const back = button(
    say("give_back"),
    () =>
      void runAndReport(problem, back, () => context.api.send("DELETE", pathOf`/cases/${caseId}/assignment`)),
  );
  const may = [handed.account, handed.by].includes(me.name) || context.hasRole("senior");
  return h(
    "div",
    { class: "notice handed" },
    h(
      "span",
      {},
      untrustedText(handed.by),
      ` ${say("handed_to")} `,
      handed.account ? untrustedText(handed.account) : say("seniors"),
      ": ",
      untrustedText(handed.sentence),
    ),
    may && back,
    problem,
  );
}

export function handOverForm(caseId: string, context: ScreenContext, onDone: () => void): HTMLElement {
  const others = context.team.latest.colleagues.filter(({ name }) => name !== context.session.name);
  const to = select(
    "hand-over-to",
    ["", ...others.map(({ name }) => name)],
    "",
    (name) => name || say("seniors"),
  );
  const sentence = h("input", { name: "hand-over", required: true, autocomplete: "off", maxlength: 1000 });
  const submit = async () => {
    const body: AssignmentRequest = { to: to.value, sentence: sentence.value };
    await context.api.send("POST", pathOf`/cases/${caseId}/assignment`, body);
    context.toast(say("handed_over", { name: to.value || say("seniors") }));
    onDone();
  };
  const { form } = createForm(
    "hand-over",
    say("hand_over_send"),
    submit,
    field(say("hand_over_to"), to),
    field(say("hand_over_why"), sentence),
  );
  return h("details", { class: "part" }, h("summary", {}, say("hand_over")), form);
}
