// Whether the visitor has agreed to the rules: ours and the operator's.

import type { Site } from "./site";

const STORAGE_KEY = "zufall.consent";
/** Must be raised when our rules change. Then everybody is asked again. */
const OURS = "1";

/** Returns whether somebody agreed in this browser, to whichever rules. It needs no answer of the site. */
export function agreedBefore(store: Pick<Storage, "getItem">): boolean {
  return store.getItem(STORAGE_KEY) !== null;
}

type Store = Pick<Storage, "getItem" | "setItem">;
type Ruled = Pick<Site, "rules">;

export class Consent {
  /** Whether the visitor agreed to the current rules. */
  given = false;
  /** Whether the visitor agreed to earlier rules. */
  outdated = false;
  private rules = OURS;

  constructor(
    private readonly store: Store,
    site: Ruled,
  ) {
    this.setRules(site);
  }

  /** Sets the current rules. */
  setRules({ rules }: Ruled): void {
    this.rules = rules ? `${OURS}+${rules.version}` : OURS;
    const kept = this.store.getItem(STORAGE_KEY);
    this.given = kept === this.rules;
    this.outdated = kept !== null && !this.given;
  }

  give(): void {
    this.store.setItem(STORAGE_KEY, this.rules);
    [this.given, this.outdated] = [true, false];
  }
}
