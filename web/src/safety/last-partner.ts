// Keeps the last partner for a minute, because some leave before anybody can report them.

import type { ReportTarget } from "../view/report";
import { KEPT_MS } from "./recent-frames";

export class LastPartner {
  current: ReportTarget | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onExpired: () => void) {}

  keep(target: ReportTarget): void {
    this.forget();
    this.current = target;
    this.timer = setTimeout(() => {
      this.forget();
      this.onExpired();
    }, KEPT_MS);
  }

  forget(): void {
    clearTimeout(this.timer);
    this.current = undefined;
  }
}
