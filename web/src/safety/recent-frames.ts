// What was seen of strangers lately, in memory only: a few pictures during a call and for a minute after it.

const FIRST_MS = 3_000;
const EVERY_MS = 20_000;
const MOST = 3;
export const KEPT_MS = 60_000;

export class RecentFrames {
  private readonly seen = new Map<string, string[]>();
  private match: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `look`: the picture of the one who is here, if there is anything to see. */
  constructor(private readonly look: () => string | undefined) {}

  /** Somebody is here, who can be seen. */
  begin(match: string): void {
    this.end();
    this.match = match;
    this.seen.set(match, []);
    this.lookIn(FIRST_MS);
  }

  /** They are about to go. */
  end(): void {
    clearTimeout(this.timer);
    const { match } = this;
    if (match === undefined) return;
    this.take();
    this.match = undefined;
    setTimeout(() => this.forget(match), KEPT_MS);
  }

  /** The last pictures of this match, oldest first; also of this moment, if it is the one that goes on. */
  of(match: string): string[] {
    if (match === this.match) this.take();
    return [...(this.seen.get(match) ?? [])];
  }

  private forget(match: string): void {
    if (match !== this.match) this.seen.delete(match);
  }

  private lookIn(delay: number): void {
    this.timer = setTimeout(() => {
      this.take();
      this.lookIn(EVERY_MS);
    }, delay);
  }

  private take(): void {
    const picture = this.look();
    const before = this.seen.get(this.match ?? "") ?? [];
    if (picture && this.match !== undefined) this.seen.set(this.match, [...before, picture].slice(-MOST));
  }
}
