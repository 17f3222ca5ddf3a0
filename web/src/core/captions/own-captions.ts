// Turns what a recogniser heard of me into numbered captions, not more of them than anybody can read. Pure.

import { type Caption, endOf } from "./caption";

/** What comes before a line is final is sent so often at most. */
const PARTIAL_EVERY_MS = 250;

/** A phrase of one session of a recogniser. It comes again with the same index whenever it is understood better. */
export interface Phrase {
  index: number;
  text: string;
  final: boolean;
}

export class OwnCaptions {
  /** The number of the first phrase in this session. */
  private first = 1;
  private highest = 0;
  private readonly done = new Set<number>();
  private partialAt = Number.NEGATIVE_INFINITY;

  /** A recogniser begins again with index 0, and so the numbers go on. */
  begin(): void {
    this.first = this.highest + 1;
    this.done.clear();
  }

  /** Returns what to send. `now` is in monotonic milliseconds. */
  heard(phrases: readonly Phrase[], language: string, now: number): Caption[] {
    const partials = now - this.partialAt >= PARTIAL_EVERY_MS;
    const captions = phrases.filter(({ final }) => final || partials).flatMap((one) => this.number(one));
    if (captions.some(({ final }) => !final)) this.partialAt = now;
    return captions.map((caption) => ({ ...caption, language }));
  }

  private number({ index, text, final }: Phrase): Caption[] {
    const n = this.first + index;
    const end = endOf(text);
    if (this.done.has(n) || !end) return [];
    this.highest = Math.max(this.highest, n);
    if (final) this.done.add(n);
    return [{ n, text: end, final }];
  }
}
