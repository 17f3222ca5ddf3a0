// Whether this person has agreed to the rules: ours, and the operator's own.

import type { Site } from "./site";

const KEPT = "zufall.consent";
/** Raised when our rules change, so that everyone is asked again. */
const OURS = "1";

type Store = Pick<Storage, "getItem" | "setItem">;
type Ruled = Pick<Site, "rules">;

export class Consent {
  /** To what holds now. */
  given = false;
  /** To other rules than those of now. */
  outdated = false;
  private rules = OURS;

  constructor(
    private readonly store: Store,
    site: Ruled,
  ) {
    this.ruled(site);
  }

  /** These are the rules from now on. */
  ruled({ rules }: Ruled): void {
    this.rules = rules ? `${OURS}+${rules.version}` : OURS;
    const kept = this.store.getItem(KEPT);
    this.given = kept === this.rules;
    this.outdated = kept !== null && !this.given;
  }

  give(): void {
    this.store.setItem(KEPT, this.rules);
    [this.given, this.outdated] = [true, false];
  }
}
