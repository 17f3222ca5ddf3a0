// Remembers in this browser when a moderator works and rests. Nobody else learns of it: breaks are not recorded.

import type { Exposure } from "./api.generated";
import { afterBreak, type Care, midnightAfter, QUIET_MS, startOfWork, withActivity, withBreak } from "./care";

const KEY = "zufall-console-care/";

export class CareStore {
  exposure: Exposure = {
    last_hour: 0,
    since: 0,
    suggested: Number.POSITIVE_INFINITY,
    limit: 0,
    work_minutes: Number.POSITIVE_INFINITY,
    break_minutes: 10,
  };
  private account = "";

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {}

  enter(account: string): void {
    this.account = account;
    this.noteActivity();
  }

  get care(): Care {
    const start = startOfWork(this.now());
    try {
      return { ...start, ...(JSON.parse(this.storage.getItem(KEY + this.account) ?? "{}") as Partial<Care>) };
    } catch {
      return start; // somebody changed the entry by hand
    }
  }

  get onBreak(): boolean {
    return this.care.breakUntil > this.now();
  }

  get noMinors(): boolean {
    return this.care.noMinorsUntil > this.now();
  }

  set noMinors(wanted: boolean) {
    this.keep({ ...this.care, noMinorsUntil: wanted ? midnightAfter(this.now()) : 0 });
  }

  noteActivity(): void {
    if (!this.onBreak) this.keep(withActivity(this.care, this.now(), this.exposure.break_minutes));
  }

  startBreak(): void {
    this.keep(withBreak(this.care, this.now(), this.exposure.break_minutes));
  }

  endBreak(): void {
    this.keep(afterBreak(this.care, this.now()));
  }

  /** Suggests no break for a while. */
  quiet(): void {
    this.keep({ ...this.care, quietUntil: this.now() + QUIET_MS });
  }

  private keep(care: Care): void {
    try {
      this.storage.setItem(KEY + this.account, JSON.stringify(care));
    } catch {
      // The browser keeps nothing, as in some private windows: breaks then end with the page.
    }
  }
}
