// The newest pass that came alone. It proves the last lines of its match.

/** A report waits at most this long for it. */
const PATIENCE_MS = 2_000;

export class FreshPass {
  private newest: { match: string; pass: string } | undefined;
  private onTaken: (() => void) | undefined;

  take(match: string, pass: string): void {
    this.newest = { match, pass };
    this.onTaken?.();
  }

  /** Returns that of `match`. If the match is about to end, the next one is awaited, because it proves more. */
  async of(match: string, ends: boolean): Promise<string | undefined> {
    if (ends)
      await new Promise<void>((resolve) => {
        this.onTaken = resolve;
        setTimeout(resolve, PATIENCE_MS);
      });
    return this.newest?.match === match ? this.newest.pass : undefined;
  }
}
