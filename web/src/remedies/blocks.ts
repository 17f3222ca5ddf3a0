// The last strangers this browser blocked. They are said again after every welcome, for gateways forget.

import { objectsIn } from "../storage/kept";

const KEY = "zufall.blocks";
const KEPT = 20;
/** A pass is worth nothing without the day's token. */
const WORTH_MS = 24 * 3_600_000;

interface Blocked {
  pass: string;
  at: number;
}

export class Blocks {
  constructor(
    private readonly store: Pick<Storage, "getItem" | "setItem">,
    private readonly now: () => number = Date.now,
  ) {}

  add(pass: string): void {
    const others = this.kept().filter((blocked) => blocked.pass !== pass);
    this.store.setItem(KEY, JSON.stringify([...others, { pass, at: this.now() }].slice(-KEPT)));
  }

  passes(): string[] {
    return this.kept().map((blocked) => blocked.pass);
  }

  private kept(): Blocked[] {
    const kept = objectsIn(this.store.getItem(KEY)) as Partial<Blocked>[];
    return kept.filter(
      (one): one is Blocked =>
        typeof one.pass === "string" && typeof one.at === "number" && this.now() - one.at < WORTH_MS,
    );
  }
}
