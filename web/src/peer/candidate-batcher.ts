// Batches ICE candidates, so that ten of them need one frame, and sends them again on request.

import { type Candidate, MAX } from "../messages.generated";

const WINDOW_MS = 30;

export class CandidateBatcher {
  private candidates: Candidate[] = [];
  /** How many of them have been sent. */
  private sent = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (candidates: Candidate[]) => void) {}

  add(candidate: Candidate): void {
    this.candidates.push(candidate);
    if (this.candidates.length - this.sent >= MAX.candidates.candidates) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Sends all `current` candidates again, unchanged, and drops the others. */
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
