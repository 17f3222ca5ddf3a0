// Shows beside a case who has it, and what it waits for.

import type { CaseSummary } from "../api.generated";
import { type Child, h, untrustedText } from "../dom";
import { claimOfOther } from "../team-rules";
import type { TeamStore } from "../team-store";
import { say } from "../words";

export function teamMarks({ id }: Pick<CaseSummary, "id">, team: TeamStore): HTMLElement[] {
  const marks: HTMLElement[] = [];
  const claim = claimOfOther(team.latest, id, team.me);
  const handed = team.latest.assignments.find((assignment) => assignment.case === id);
  if (team.latest.proposals.some((proposal) => proposal.case === id))
    marks.push(mark(say("mark_second_look")));
  if (handed)
    marks.push(mark(`${say("mark_for")} `, handed.account ? untrustedText(handed.account) : say("seniors")));
  if (claim) marks.push(mark(untrustedText(claim.account), ` ${say("mark_looking")}`));
  return marks;
}

function mark(...children: Child[]): HTMLElement {
  return h("span", { class: "team-mark" }, ...children);
}
