// Asks now and then who of the recent strangers waits to meet the visitor again: only while somebody looks, and only if
// there is anybody whom one could meet again.

import type { Phase } from "../core/call/state";
import type { Entry } from "../view/recent";
import { type MeetingsClient, MOST_PASSES } from "./meetings-client";

/** It asks at most this often. */
const EVERY_MS = 30_000;
const SOON_MS = 2_000;
/** Where the visitor could follow. */
const PHASES: readonly Phase[] = ["idle", "searching", "over"];

export interface WaitingWatchParts {
  client: Pick<MeetingsClient, "waiting">;
  /** Returns those who can be met again, the newest first. */
  meetable: () => Promise<Entry[]>;
  /** Whether anybody looks at the page. */
  seen: () => boolean;
  onChange: () => void;
  /** Monotonic milliseconds. */
  now: () => number;
}

export class WaitingWatch {
  /** Those who wait now, as far as it is known. */
  waiting: readonly Entry[] = [];
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: WaitingWatchParts) {}

  /** Asks, if it is time. It is sooner time for somebody who opens the list (`hurry`). */
  async look(phase: Phase, hurry = false): Promise<void> {
    const { client, meetable, seen, now, onChange } = this.parts;
    const wait = hurry ? SOON_MS : EVERY_MS;
    if (!PHASES.includes(phase) || !seen() || now() - this.askedAt < wait) return;
    this.askedAt = now();
    const known = (await meetable()).slice(0, MOST_PASSES);
    const matches = await client.waiting(known.map(({ pass }) => pass));
    const waiting = known.filter(({ match }) => matches.includes(match));
    const before = this.waiting;
    this.waiting = waiting;
    if (waiting.length > 0 || before.length > 0) onChange();
  }

  waitsIn(match: string): boolean {
    return this.waiting.some((entry) => entry.match === match);
  }
}
