// The last strangers that this browser blocked. Each block is sent after every welcome until a memory names
// its match.

import { parseObjects } from "../storage/json-guards";

const STORAGE_KEY = "zufall.blocks";
const KEPT = 20;
/** A pass is worthless once the token of its day has expired. */
const WORTH_MS = 24 * 3_600_000;

interface Blocked {
  match: string;
  pass: string;
  at: number;
}

export class PendingBlocks {
  constructor(
    private readonly store: Pick<Storage, "getItem" | "setItem">,
    private readonly now: () => number = Date.now,
  ) {}

  add(match: string, pass: string): void {
    this.keep([...this.without(match), { match, pass, at: this.now() }]);
  }

  /** A memory names the match, so the block is confirmed. */
  forget(match: string): void {
    this.keep(this.without(match));
  }

  passes(): string[] {
    return this.kept().map((blocked) => blocked.pass);
  }

  private without(match: string): Blocked[] {
    return this.kept().filter((blocked) => blocked.match !== match);
  }

  private keep(blocked: readonly Blocked[]): void {
    this.store.setItem(STORAGE_KEY, JSON.stringify(blocked.slice(-KEPT)));
  }

  private kept(): Blocked[] {
    const kept = parseObjects(this.store.getItem(STORAGE_KEY)) as Partial<Blocked>[];
    return kept.filter(
      (one): one is Blocked =>
        typeof one.pass === "string" && typeof one.at === "number" && this.now() - one.at < WORTH_MS,
    );
  }
}
