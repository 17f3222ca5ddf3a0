// Announces only the last of several texts that follow each other quickly. A screen reader would break off each
// of the others.

/** Longer than a curtain takes between two of its steps when it lifts by itself. */
const SETTLED_MS = 1_500;

export class LatestNews {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly announce: (text: string) => void,
    /** Returns the last announcement, by whomever. */
    private readonly heard: () => string,
  ) {}

  /** Announces `text`, unless another one follows before it has been true for a moment, or it was said already. */
  say(text: string): void {
    this.forget();
    this.timer = setTimeout(() => {
      if (!this.heard().includes(text)) this.announce(text);
    }, SETTLED_MS);
  }

  /** Announces nothing of what has not been said yet. */
  forget(): void {
    clearTimeout(this.timer);
  }
}
