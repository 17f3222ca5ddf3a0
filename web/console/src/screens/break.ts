// Shows that the moderator takes a break. No case and no picture is on the page meanwhile.

import { button } from "../../../src/view/dom";
import { h } from "../dom";
import { formatSpan, formatTime } from "../format-time";
import type { Screen } from "../screen";
import { say } from "../words";

export class BreakScreen implements Screen {
  readonly root: HTMLElement;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(until: number, now: () => number, onEnd: () => void) {
    const left = h("p", { class: "break-left" });
    const tick = () => {
      if (now() >= until) onEnd();
      else left.textContent = say("break_left", { time: formatSpan((until - now()) / 1000) });
    };
    this.root = h(
      "section",
      { class: "card" },
      h("h2", { tabindex: -1 }, say("screen_break")),
      h("p", {}, say("break_text", { time: formatTime(until) })),
      left,
      button(say("break_end"), onEnd),
    );
    this.timer = setInterval(tick, 1000);
    tick();
  }

  dispose(): void {
    clearInterval(this.timer);
  }
}
