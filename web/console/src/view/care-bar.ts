// Shows in the header how many pictures the moderator has opened, offers a break, and suggests one when it is time.

import { button, byId, setText } from "../../../src/view/dom";
import type { Exposure } from "../api.generated";
import type { ApiClient } from "../api-client";
import { midnightBefore, suggestion } from "../care";
import type { CareStore } from "../care-store";
import { h, setAttributes } from "../dom";
import { count, say } from "../words";
import { errorSentence } from "./forms";

const REFRESH_MS = 60_000;
/** Activity is noted at most this often. */
const NOTE_MS = 10_000;

export class CareBar {
  private readonly counts = h("span", { class: "quiet seen-pictures" });
  private notedAt = 0;

  constructor(
    private readonly api: ApiClient,
    private readonly care: CareStore,
    private readonly now: () => number,
    private readonly takeBreak: () => void,
    /** Runs when the pictures were counted again. */
    private readonly onCounted: () => void,
  ) {}

  /** Shows the bar, for somebody who has just logged in. */
  start(): void {
    const pause = button(say("break"), this.takeBreak);
    pause.title = say("break_title");
    byId("care").replaceChildren(this.counts, pause);
    byId("care").hidden = false;
    for (const kind of ["pointermove", "keydown", "scroll"] as const)
      addEventListener(kind, () => this.noteActivity(), { passive: true });
    this.api.onPictureOpened = () => void this.refresh();
    setInterval(() => void this.refresh(), REFRESH_MS);
    void this.refresh();
  }

  private noteActivity(): void {
    if (this.now() - this.notedAt < NOTE_MS) return;
    this.notedAt = this.now();
    this.care.noteActivity();
  }

  /** Reads the counts, but only if somebody is there: a request keeps the session alive. */
  private async refresh(): Promise<void> {
    if (document.hidden || this.now() - this.care.care.lastActive > REFRESH_MS) return;
    try {
      this.care.exposure = await this.api.peek<Exposure>(`/exposure?since=${midnightBefore(this.now())}`);
    } catch (error) {
      errorSentence(error); // the last counts stay; what is wrong is said where somebody does something
      return;
    }
    this.show();
    this.onCounted();
  }

  private show(): void {
    const { last_hour, since } = this.care.exposure;
    const today = count("picture", since);
    const whole = say("exposure", { hour: last_hour, today });
    setText(this.counts, since ? say("exposure_hour", { pictures: count("picture", last_hour) }) : undefined);
    setAttributes(this.counts, { title: whole, "aria-label": whole, role: "img" });
    const why = suggestion(this.care.care, this.care.exposure, this.now());
    byId("nudge").hidden = why === undefined;
    if (!why) return;
    const text =
      why === "pictures"
        ? say("nudge_pictures", { pictures: count("picture", last_hour) })
        : say("nudge_work", { time: count("minute", this.care.exposure.work_minutes) });
    byId("nudge").replaceChildren(
      h("span", {}, text),
      button(say("break_take"), this.takeBreak),
      button(say("not_now"), () => this.dismiss()),
    );
  }

  private dismiss(): void {
    this.care.quiet();
    byId("nudge").hidden = true;
  }
}
