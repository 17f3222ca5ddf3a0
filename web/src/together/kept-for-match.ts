// Keeps something of one match while this page lives, so that what two began can go on when they begin it again.

export class KeptForMatch<Value> {
  private kept: { match: string; value: Value } | undefined;

  of(match: string): Value | undefined {
    return this.kept?.match === match ? this.kept.value : undefined;
  }

  /** Forgets what was kept of another match. */
  keep(match: string, value: Value): void {
    this.kept = { match, value };
  }
}
