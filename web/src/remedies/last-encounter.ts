// Who just left, kept for a moment: the worst ones leave before they can be reported.

import type { Encounter } from "../view/report";
import { KEPT_MS } from "./glimpses";

export class LastEncounter {
  current: Encounter | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onExpired: () => void) {}

  keep(encounter: Encounter): void {
    this.forget();
    this.current = encounter;
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
