// Counts good conversations, and says when to offer the installation. Pure but for the storage.

const KEY = "zufall.install";
/** A conversation is good if the two stay together for as long. */
export const GOOD_MS = 60_000;
/** It is offered after so many. */
export const ENOUGH = 2;
const NEVER = "never";

export class GoodConversations {
  private match: string | undefined;
  private since = 0;
  private ended = false;

  constructor(private readonly store: Pick<Storage, "getItem" | "setItem">) {}

  get isOffered(): boolean {
    return Number(this.store.getItem(KEY)) >= ENOUGH;
  }

  /** Must be called with the present match whenever it may have changed. Times are monotonic. */
  update(match: string | undefined, connected: boolean, now: number): void {
    if (match === this.match || (match && !connected && this.match === undefined)) return;
    this.ended = this.match !== undefined && now - this.since >= GOOD_MS;
    this.match = connected ? match : undefined;
    this.since = now;
  }

  /** Must be called a moment after a conversation has ended. One whose stranger was reported was not good. */
  settle(reported: boolean): void {
    if (this.ended && !reported) this.count();
    this.ended = false;
  }

  /** The visitor has decided, and is not asked again. */
  decide(): void {
    this.store.setItem(KEY, NEVER);
  }

  private count(): void {
    const before = this.store.getItem(KEY);
    if (before !== NEVER) this.store.setItem(KEY, String((Number(before) || 0) + 1));
  }
}
