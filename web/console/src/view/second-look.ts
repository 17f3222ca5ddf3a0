// Shows a decision that waits for a second moderator, and the form with which they confirm it or send it back.

import type { Case, DecisionResult, Proposal, SecondLookRequest } from "../api.generated";
import { pathOf } from "../api-client";
import { field, h, untrustedText } from "../dom";
import { formatDuration, formatTime } from "../format-time";
import type { ScreenContext } from "../screen";
import { mayConfirm } from "../team-rules";
import { named, say } from "../words";
import { badge } from "./decisions";
import { createForm } from "./forms";

/** Builds the notice, if something about the case waits. `onDone` runs when the case must be loaded again. */
export function secondLookNotice(
  about: Case,
  context: ScreenContext,
  onDone: () => void,
): HTMLElement | undefined {
  const proposal = context.team.latest.proposals.find((one) => one.case === about.id);
  if (!proposal || about.closed_at) return undefined;
  return h(
    "section",
    { class: "notice second-look", "aria-label": say("second_look") },
    h("h3", {}, say("second_look")),
    h(
      "p",
      {},
      untrustedText(proposal.by),
      ` ${say("proposes")} `,
      badge(proposal.level, proposal.rule),
      ` ${end(proposal)}.`,
    ),
    h("p", { class: "quiet" }, say("holds_until", { time: formatTime(proposal.holds_until) })),
    mayConfirm(proposal, context.team.me)
      ? form(about, context, onDone)
      : h("p", {}, refusal(proposal, context)),
  );
}

function end({ until, at }: Proposal): string {
  return formatDuration(until ? Math.round((until - at) / 1000) : 0);
}

function refusal(proposal: Proposal, context: ScreenContext): string {
  if (proposal.by === context.session.name) return say("second_look_own");
  return say("second_look_role", { role: named("role", proposal.needs) });
}

function form(about: Case, context: ScreenContext, onDone: () => void): HTMLElement {
  const sentence = h("input", { name: "second-look", required: true, autocomplete: "off", maxlength: 1000 });
  const answer = (value: string, label: string) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "radio", name: "second-look-answer", value, required: true }),
      h("span", {}, label),
    );
  const choices = h(
    "fieldset",
    { class: "durations" },
    h("legend", {}, say("second_look_answer")),
    answer("confirm", say("second_look_confirm")),
    answer("back", say("second_look_back")),
  );
  const made = createForm(
    "second-look",
    say("second_look_send"),
    async () => {
      const confirm = new FormData(made.form).get("second-look-answer") === "confirm";
      const body: SecondLookRequest = {
        confirm,
        sentence: sentence.value,
        seen: about.reports.length,
        seen_people: about.reports.filter(({ flag }) => !flag).length,
      };
      const path = pathOf`/cases/${about.id}/second-look`;
      const { decision } = await context.api.send<DecisionResult>("POST", path, body);
      if (decision) context.offerUndo(decision, about.id);
      else context.toast(say("second_look_sent_back"));
      onDone();
    },
    choices,
    field(say("reason"), sentence),
    h("p", { class: "quiet" }, say("second_look_otherwise")),
  );
  return made.form;
}
