// Gathers ICE candidates for a moment, so that ten of them are one frame and not ten, and says them again.

import { type Candidate, MAX } from "../messages.generated";

const WINDOW_MS = 30;

export class CandidateBatcher {
  private candidates: Candidate[] = [];
  /** So many of them have been said. */
  private sent = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (candidates: Candidate[]) => void) {}

  add(candidate: Candidate): void {
    this.candidates.push(candidate);
    if (this.candidates.length - this.sent >= MAX.candidates.candidates) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Says all that are `current` again, to the byte; the others are of no more use. */
  resend(current: (candidate: Candidate) => boolean): void {
    this.candidates = this.candidates.filter(current);
    this.sent = 0;
    this.flush();
  }

  close(): void {
    clearTimeout(this.timer);
    this.sent = this.candidates.length;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.sent < this.candidates.length) {
      const next = this.candidates.slice(this.sent, this.sent + MAX.candidates.candidates);
      this.sent += next.length;
      this.send(next);
    }
  }
}
