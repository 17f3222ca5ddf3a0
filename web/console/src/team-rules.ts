// Decides which cases are whose: what "next" skips, and what waits for one moderator. Pure.

import type { Assignment, CaseSummary, Claim, Mention, Proposal, Session, TeamState } from "./api.generated";
import { hasRole } from "./routes";

/** The moderator who uses the page. */
export type Me = Pick<Session, "name" | "role">;

/** What waits for one moderator, or for all seniors if they are one. */
export interface ForMe {
  handed: Assignment[];
  escalated: Assignment[];
  /** Proposals of others that they may confirm. */
  proposals: Proposal[];
  mentions: Mention[];
}

export function forMe(state: TeamState, me: Me): ForMe {
  const senior = hasRole(me.role, "senior");
  return {
    handed: state.assignments.filter(({ account }) => account === me.name),
    escalated: state.assignments.filter(({ account }) => account === "" && senior),
    proposals: state.proposals.filter((proposal) => mayConfirm(proposal, me)),
    mentions: state.mentions.filter(({ account }) => account === me.name),
  };
}

export function countForMe(state: TeamState, me: Me): number {
  return Object.values(forMe(state, me)).reduce((sum, list) => sum + list.length, 0);
}

/** Tells whether the moderator may confirm the proposal. Nobody confirms their own. */
export function mayConfirm({ by, needs }: Proposal, me: Me): boolean {
  return by !== me.name && hasRole(me.role, needs);
}

/** Returns the claim of somebody else who looks at the case. */
export function claimOfOther(state: TeamState, caseId: string, me: Me): Claim | undefined {
  return state.claims.find((claim) => claim.case === caseId && claim.account !== me.name);
}

/**
 * Tells whether "next" skips a case: somebody else has it, it waits for a second look, or it is about a minor and the
 * moderator wants none today.
 */
export function skippedByNext(
  summary: Pick<CaseSummary, "id" | "minor">,
  state: TeamState,
  me: Me,
  noMinors: boolean,
): boolean {
  const handed = state.assignments.find((assignment) => assignment.case === summary.id);
  const mine = handed && (handed.account === me.name || (!handed.account && hasRole(me.role, "senior")));
  return (
    (handed !== undefined && !mine) ||
    claimOfOther(state, summary.id, me) !== undefined ||
    state.proposals.some((proposal) => proposal.case === summary.id) ||
    (noMinors && summary.minor)
  );
}
