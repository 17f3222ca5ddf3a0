// Gathers ICE candidates for a moment, so that ten of them are one frame and not ten, and says them again.

import { type Candidate, MAX } from "../messages.generated";

const WINDOW_MS = 30;

export class CandidateBatcher {
  private gathered: Candidate[] = [];
  /** So many of them have been said. */
  private said = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (candidates: Candidate[]) => void) {}

  add(candidate: Candidate): void {
    this.gathered.push(candidate);
    if (this.gathered.length - this.said >= MAX.candidates.candidates) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Says all that are `current` again, to the byte; the others are of no more use. */
  repeat(current: (candidate: Candidate) => boolean): void {
    this.gathered = this.gathered.filter(current);
    this.said = 0;
    this.flush();
  }

  close(): void {
    clearTimeout(this.timer);
    this.said = this.gathered.length;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.said < this.gathered.length) {
      const next = this.gathered.slice(this.said, this.said + MAX.candidates.candidates);
      this.said += next.length;
      this.send(next);
    }
  }
}
