// Keeps a few pictures of strangers in memory, during a call and for a minute after it.

const FIRST_MS = 3_000;
const EVERY_MS = 20_000;
const MAX_COUNT = 3;
export const KEPT_MS = 60_000;

/** Returns the current picture, if there is one. */
export type Capture = () => string | undefined;

export class RecentFrames {
  private readonly seen = new Map<string, string[]>();
  /** The drawing of two strangers. */
  private drawing: { match: string; capture: Capture } | undefined;
  private match: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly capture: Capture) {}

  /** A video call has begun, or a call has become one again. */
  begin(match: string): void {
    if (match === this.match) return;
    this.end();
    this.match = match;
    this.seen.set(match, []);
    this.captureIn(FIRST_MS);
  }

  /** The call is about to end. */
  end(): void {
    clearTimeout(this.timer);
    const { match, drawing } = this;
    setTimeout(() => {
      if (this.drawing === drawing) this.drawing = undefined;
    }, KEPT_MS);
    if (match === undefined) return;
    this.take();
    this.match = undefined;
    setTimeout(() => this.forget(match), KEPT_MS);
  }

  /** A drawing is a picture from a stranger, too. There is one at a time. */
  setDrawing(match: string, capture: Capture): void {
    this.drawing = { match, capture };
  }

  /** Returns the last pictures of this match, oldest first, including the current one, and then the drawing. */
  of(match: string): string[] {
    if (match === this.match) this.take();
    const drawn = this.drawing?.match === match ? this.drawing.capture() : undefined;
    return [...(this.seen.get(match) ?? []), ...(drawn ? [drawn] : [])].slice(-MAX_COUNT);
  }

  private forget(match: string): void {
    if (match !== this.match) this.seen.delete(match);
  }

  private captureIn(delay: number): void {
    this.timer = setTimeout(() => {
      this.take();
      this.captureIn(EVERY_MS);
    }, delay);
  }

  /** Keeps the current picture, if there is one. */
  take(): void {
    const picture = this.capture();
    const before = this.seen.get(this.match ?? "") ?? [];
    if (picture && this.match !== undefined)
      this.seen.set(this.match, [...before, picture].slice(-MAX_COUNT));
  }
}
