// A quiet sign at the edge of the picture while the stranger speaks. Who cannot see it hears the stranger.

import { listen, SILENT, type Speaking } from "../core/speaking";

const EVERY_MS = 100;

export class PartnerSpeaks {
  private state = SILENT;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `level` returns how loud the stranger is (0…1). `show` gets each change. */
  constructor(
    private readonly level: () => number | undefined,
    private readonly show: (speaks: boolean) => void,
  ) {}

  /** Listens from now on, or not any more. */
  update(on: boolean): void {
    if (on === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = on ? setInterval(() => this.look(), EVERY_MS) : undefined;
    if (!on) this.become(SILENT);
  }

  private look(): void {
    this.become(listen(this.state, this.level() ?? 0, performance.now()));
  }

  private become(state: Speaking): void {
    const { speaks } = this.state;
    this.state = state;
    if (state.speaks !== speaks) this.show(state.speaks);
  }
}
