// When a page may hold a socket before Start: as long as somebody may press it soon, and in one tab only.

const KEPT = "zufall.tab";
/** A tab that nobody has looked at for so long gives its socket back. */
const UNSEEN_MS = 5 * 60_000;

export interface PreconnectOptions {
  /** Of this tab; a tab that is duplicated takes a copy with it, as it does of the token. */
  store: Pick<Storage, "getItem" | "setItem">;
  /** A socket may be opened. */
  ready: () => void;
  /** A socket that nobody uses is to be closed. */
  rest: () => void;
  /** Somebody has pressed Start in another tab with this token: this one must not take the socket back by itself. */
  taken: () => void;
  locks?: Pick<LockManager, "request"> | undefined;
}

/**
 * Two tabs with one token are one visitor, of whom the newer socket drives out the older. So only the tab that
 * holds the lock connects by itself; Start takes the lock from whoever has it. Where there are no locks, or
 * where they are forbidden, nobody connects before Start.
 */
export class Preconnect {
  private readonly name: string;
  private readonly locks: Pick<LockManager, "request"> | undefined;
  private wanted = false;
  private queued = false;
  private held = false;
  private unseen: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: PreconnectOptions) {
    const { store } = options;
    const id = store.getItem(KEPT) ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    store.setItem(KEPT, id);
    this.name = `${KEPT}.${id}`;
    this.locks = "locks" in options ? options.locks : navigator.locks;
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
  }

  /** Somebody may press Start from now on. */
  begin(): void {
    this.wanted = true;
    if (this.held) this.options.ready();
    else void this.queue();
  }

  /** Somebody presses Start here: another tab with this token is to leave the socket to this one. */
  take(): void {
    this.wanted = true;
    if (!this.held) void this.hold({ steal: true });
  }

  /** Waits for its turn, once. */
  private async queue(): Promise<void> {
    if (this.queued) return;
    this.queued = true;
    await this.hold({});
    this.queued = false;
  }

  /** Until another tab takes the lock, or the page ends. */
  private async hold(how: LockOptions): Promise<void> {
    try {
      await this.locks?.request(this.name, how, () => this.granted());
    } catch (error) {
      console.info("this tab has no lock:", (error as Error).name); // taken by another, or locks are forbidden
    }
    if (!this.held) return;
    this.held = false;
    this.options.taken();
  }

  private granted(): Promise<never> {
    this.held = true;
    if (!document.hidden) this.options.ready();
    return new Promise(() => {});
  }

  private seen(seen: boolean): void {
    clearTimeout(this.unseen);
    if (!seen) this.unseen = setTimeout(() => this.options.rest(), UNSEEN_MS);
    else if (this.wanted) this.begin();
  }
}
