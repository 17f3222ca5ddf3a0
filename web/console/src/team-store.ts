// Holds the newest state of the team from the service, and what follows from it for the moderator of this page.

import type { CaseSummary, Proposal, TeamState } from "./api.generated";
import type { CareStore } from "./care-store";
import { countForMe, type ForMe, forMe, type Me, skippedByNext } from "./team-rules";

const NOBODY: TeamState = { claims: [], assignments: [], proposals: [], mentions: [], colleagues: [] };

export class TeamStore {
  latest: TeamState = NOBODY;
  me: Me = { name: "", role: "viewer" };
  /** The case to which "next" led. If somebody else has it by then, the page goes on to another one. */
  nextCase: string | undefined;
  private known = false;

  constructor(
    private readonly onChange: () => void,
    /** Runs when a decision of this moderator has begun to wait for a second look. */
    private readonly onProposed: (proposal: Proposal) => void,
    private readonly care: CareStore,
  ) {}

  update(state: TeamState): void {
    const before = new Set(this.latest.proposals.map(({ decision }) => decision));
    const fresh = state.proposals.find(({ by, decision }) => by === this.me.name && !before.has(decision));
    const first = !this.known;
    this.latest = state;
    this.known = true;
    if (fresh && !first) this.onProposed(fresh);
    this.onChange();
  }

  get forMe(): ForMe {
    return forMe(this.latest, this.me);
  }

  get countForMe(): number {
    return countForMe(this.latest, this.me);
  }

  skips(summary: CaseSummary): boolean {
    return skippedByNext(summary, this.latest, this.me, this.care.noMinors);
  }
}
