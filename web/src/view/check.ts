// What the check of pictures says: a cover over the stranger, a warning at mine, and where there is no check.

import type { CheckState } from "../check/check";
import type { Words } from "../i18n";
import { byId, say } from "./dom";
import { announce, toast } from "./notices";

export interface CheckActions {
  report: () => void;
  show: () => void;
  allow: () => void;
}

export class CheckView {
  private readonly stage = byId("stage");
  private readonly cover = byId("check-cover");
  private readonly held = byId("check-held");
  private noticed = false;

  constructor(
    private readonly words: Words,
    actions: CheckActions,
  ) {
    byId("check-report").onclick = () => this.leaving(actions.report);
    byId("check-show").onclick = () => this.leaving(actions.show);
    byId("check-allow").onclick = () => this.leaving(actions.allow);
  }

  render(state: CheckState, covers: boolean, holds: boolean): void {
    if (covers !== !this.cover.hidden) this.show(this.cover, covers, "check_covered");
    if (covers) this.stage.dataset.covered = "check";
    else if (this.stage.dataset.covered === "check") delete this.stage.dataset.covered;
    if (holds !== !this.held.hidden) this.show(this.held, holds, "check_mine");
    byId("self").dataset.held = String(holds);
    say(byId("check-state"), state === "idle" ? undefined : this.words.text(`check_${state}`));
  }

  /** Once on each page, at the first stranger: pictures are not looked at. */
  notice(state: CheckState): void {
    if (this.noticed || !(state === "off" || state === "weak" || state === "failed")) return;
    this.noticed = true;
    toast(this.words.text(`check_${state}`));
  }

  private show(card: HTMLElement, shown: boolean, key: "check_covered" | "check_mine"): void {
    card.hidden = !shown;
    if (!shown) return;
    announce(this.words.text(key));
    if (key === "check_covered" && document.pictureInPictureElement) void document.exitPictureInPicture();
  }

  /** The button goes with its card, so the focus needs another place. */
  private leaving(act: () => void): void {
    act();
    if (document.activeElement === document.body) byId("next").focus({ preventScroll: true });
  }
}
