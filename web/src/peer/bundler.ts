// Gathers ICE candidates for a moment, so that ten of them are one frame and not ten.

import { type Candidate, MAX } from "../messages.generated";

const WINDOW_MS = 30;

export class Bundler {
  private waiting: Candidate[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (candidates: Candidate[]) => void) {}

  add(candidate: Candidate): void {
    this.waiting.push(candidate);
    if (this.waiting.length >= MAX.candidates.candidates) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  close(): void {
    clearTimeout(this.timer);
    this.waiting = [];
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const candidates = this.waiting;
    this.waiting = [];
    if (candidates.length > 0) this.send(candidates);
  }
}
