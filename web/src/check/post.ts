// The guard's post: the guard itself is loaded with the first stranger who comes by video, as the page must be light.

import type { Meeting } from "../call/state";
import { type Checked, UNCHECKED } from "../curtain/curtain";
import { byId, say } from "../view/dom";
import { toast } from "../view/notices";
import type { Guard, GuardParts } from "./guard";

export class GuardPost {
  private guard: Guard | undefined;
  private loading: Promise<void> | undefined;
  private meeting: Meeting | undefined;
  private on: boolean;

  constructor(private readonly parts: GuardParts) {
    this.on = parts.on;
    this.say();
  }

  /** For the curtain. */
  get checked(): Checked {
    return this.guard?.checked ?? (this.on ? { ...UNCHECKED, state: "idle" } : UNCHECKED);
  }

  /** As the settings have it. */
  use(on: boolean): void {
    this.on = on;
    if (this.guard) this.guard.use(on);
    else this.say();
  }

  open(meeting: Meeting): void {
    if (meeting.mode !== "video") return;
    this.meeting = meeting;
    if (this.guard) this.guard.open(meeting);
    else this.loading ??= this.load();
  }

  /** After everything that may change what my camera shows. */
  attend(): void {
    this.guard?.attend();
  }

  close(): void {
    this.meeting = undefined;
    this.guard?.close();
  }

  /** The next stranger is another chance for what could not be loaded. */
  private async load(): Promise<void> {
    try {
      const { Guard } = await import("./guard");
      this.guard = new Guard({ ...this.parts, on: this.on });
      this.guard.attend();
      if (this.meeting) this.guard.open(this.meeting);
    } catch (error) {
      console.info("pictures are not checked:", (error as Error).message);
      toast(this.parts.words.text("check_failed"));
      this.loading = undefined;
    }
  }

  private say(): void {
    say(byId("check-state"), this.on ? undefined : this.parts.words.text("check_off"));
  }
}
