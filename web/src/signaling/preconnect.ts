// Decides when a page may open a socket before Start: while it is in use, and in one tab only.

const STORAGE_KEY = "zufall.tab";
/** A tab that nobody looked at for this long closes its socket. */
const UNSEEN_MS = 5 * 60_000;

export interface PreconnectOptions {
  /** The storage of this tab. A duplicated tab gets a copy, as it does of the token. */
  store: Pick<Storage, "getItem" | "setItem">;
  /** The socket may be opened now. */
  onReady: () => void;
  /** The socket is unused and must be closed. */
  onIdle: () => void;
  /** Another tab with this token took the socket by Start. This tab must not take it back by itself. */
  onTaken: () => void;
  locks?: Pick<LockManager, "request"> | undefined;
}

/**
 * Two tabs with the same token are one visitor, and the newer socket closes the older. So only the tab that
 * holds a Web Lock connects by itself, and Start steals the lock. Without locks nobody connects before Start.
 */
export class Preconnect {
  private readonly name: string;
  private readonly locks: Pick<LockManager, "request"> | undefined;
  private wanted = false;
  /** The socket is needed even if nobody looks. */
  private urgent = false;
  private queued = false;
  private held = false;
  private unseen: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: PreconnectOptions) {
    const { store } = options;
    const id = store.getItem(STORAGE_KEY) ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    store.setItem(STORAGE_KEY, id);
    this.name = `${STORAGE_KEY}.${id}`;
    this.locks = "locks" in options ? options.locks : navigator.locks;
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
  }

  /** Allows the socket from now on. */
  allow(): void {
    this.wanted = true;
    if (this.held) this.options.onReady();
    else void this.queue();
  }

  /**
   * Allows the socket also while nobody looks, because a call goes on here after a reload. Another tab that has the
   * call keeps it.
   */
  goOn(): void {
    this.urgent = true;
    if (this.locks) this.allow();
    else this.options.onReady();
  }

  /** Takes the socket from another tab, because Start was pressed here. */
  takeOver(): void {
    this.wanted = true;
    if (!this.held) void this.hold({ steal: true });
  }

  /** Waits for the lock, once. */
  private async queue(): Promise<void> {
    if (this.queued) return;
    this.queued = true;
    await this.hold({});
    this.queued = false;
  }

  /** Holds the lock until another tab takes it or the page ends. */
  private async hold(how: LockOptions): Promise<void> {
    try {
      await this.locks?.request(this.name, how, () => this.granted());
    } catch (error) {
      console.info("This tab has no lock:", (error as Error).name); // another tab took the lock, or locks are forbidden
    }
    if (!this.held) return;
    this.held = false;
    this.options.onTaken();
  }

  private granted(): Promise<never> {
    this.held = true;
    if (!document.hidden || this.urgent) this.options.onReady();
    return new Promise(() => {});
  }

  private seen(seen: boolean): void {
    clearTimeout(this.unseen);
    if (!seen) this.unseen = setTimeout(() => this.options.onIdle(), UNSEEN_MS);
    else if (this.wanted) this.allow();
  }
}
