// The strangers of the last day: only what is needed to report or block them later.

import type { Conversation, Line } from "../core/call/state";
import type { Mode } from "../messages.generated";
import type { StoredToken, TokenStore } from "../signaling/token-store";
import type { KeyValueStore } from "../storage/key-value-store";
import type { CallEnding } from "./call-ending";

export const DAY_MS = 24 * 3_600_000;
const MAX_COUNT = 30;
export const LINES_KEPT = 20;
/** Lines within this time are stored together. */
const TOGETHER_MS = 250;

export interface RecentPartner {
  match: string;
  pass: string;
  /** The owner of the pass. Nobody else can use it, and another tab is another visitor. */
  credential?: StoredToken | undefined;
  mode: Mode;
  /** Wall clock in milliseconds. */
  metAt: number;
  lastedMs: number;
  /** How it ended. Undefined while it goes on, and if the page was closed before. */
  ending?: CallEnding | undefined;
  lines: Pick<Line, "from" | "text">[];
  /** Helps to recognise the stranger. */
  shared?: readonly string[] | undefined;
  country?: string | undefined;
  reported?: boolean;
  blocked?: boolean;
}

export class RecentPartners {
  private running: { recent: RecentPartner; since: number } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** All lines of the conversations that ended since the page was opened, by their matches. */
  private readonly talks = new Map<string, readonly Line[]>();
  /** Changes run one after the other, because each reads what the one before wrote. */
  private turn: Promise<unknown> = Promise.resolve();

  /** `wall` and `monotonic` return milliseconds. */
  constructor(
    private readonly store: KeyValueStore<RecentPartner>,
    private readonly tokens: Pick<TokenStore, "stored">,
    private readonly wall: () => number = Date.now,
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  /** Stores the partner at the start, so that nothing is lost if the page closes during the call. */
  begin({ match, pass, mode, partner }: Conversation): Promise<void> {
    const credential = this.tokens.stored();
    const told = { shared: partner.shared_interests ?? [], country: partner.country ?? undefined };
    const begun = { metAt: this.wall(), lastedMs: 0, lines: [] };
    const recent: RecentPartner = { match, pass, credential, mode, ...begun, ...told };
    this.running = { recent, since: this.monotonic() };
    return this.write();
  }

  /** A line or a new pass has come. */
  change(conversation: Conversation): void {
    if (this.running?.recent.match !== conversation.match) return;
    this.take(conversation);
    this.timer ??= setTimeout(() => void this.write(), TOGETHER_MS);
  }

  async end(conversation: Conversation, ending?: CallEnding): Promise<void> {
    if (this.running?.recent.match !== conversation.match) return;
    this.take(conversation);
    this.talks.set(conversation.match, conversation.lines);
    this.running.recent.ending = ending;
    const written = this.write();
    this.running = undefined;
    await written;
  }

  /** Returns for how many milliseconds the conversation has lasted, 0 if it is not the present one. */
  lasted(match: string): number {
    return this.running?.recent.match === match ? this.monotonic() - this.running.since : 0;
  }

  /** Returns the newest first, and deletes those that are too old or too many. */
  all(): Promise<RecentPartner[]> {
    return this.inTurn(async () => {
      const newest = (await this.store.all()).sort((one, other) => other.metAt - one.metAt);
      const kept = newest.filter(({ metAt }) => this.wall() - metAt < DAY_MS).slice(0, MAX_COUNT);
      const gone = newest.filter((recent) => !kept.includes(recent));
      for (const { match } of gone) this.talks.delete(match);
      await Promise.all(gone.map(({ match }) => this.store.remove(match)));
      return kept;
    });
  }

  /** Returns what was written in a match that ended since the page was opened. */
  talkOf(match: string): readonly Line[] {
    return this.talks.get(match) ?? [];
  }

  /** Notes that the partner was reported or blocked, or a newer pass. */
  note(match: string, change: Partial<Pick<RecentPartner, "reported" | "blocked" | "pass">>): Promise<void> {
    return this.inTurn(async () => {
      const recent = await this.find(match);
      if (recent) await this.store.put(match, { ...recent, ...change });
    });
  }

  /** Deletes all. The current partner is stored again when the call ends. */
  forgetAll(): Promise<void> {
    this.talks.clear();
    return this.inTurn(async () => {
      for (const { match } of await this.store.all()) await this.store.remove(match);
    });
  }

  private take({ pass, lines }: Conversation): void {
    if (!this.running) return;
    const { recent, since } = this.running;
    recent.pass = pass;
    recent.lastedMs = this.monotonic() - since;
    recent.lines = lines.slice(-LINES_KEPT).map(({ from, text }) => ({ from, text }));
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const recent = this.running?.recent;
    if (!recent) return;
    await this.inTurn(() => this.store.put(recent.match, recent));
    await this.all();
  }

  private async find(match: string): Promise<RecentPartner | undefined> {
    return (await this.store.all()).find((recent) => recent.match === match);
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => {});
    return result;
  }
}
