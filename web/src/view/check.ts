// Shows the results of the picture check: a cover over the stranger, a warning at my picture, or that nothing
// is checked.

import type { CheckState } from "../core/check-policy";
import type { PageTranslator } from "../language/texts";
import { byId } from "./dom";
import { focusFallbackQuietly } from "./focus-fallback";
import { announce, toast } from "./notifications";

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
    private readonly translator: PageTranslator,
    actions: CheckActions,
  ) {
    byId("check-report").onclick = actions.report;
    byId("check-show").onclick = actions.show;
    byId("check-allow").onclick = actions.allow;
  }

  render(covers: boolean, holds: boolean): void {
    if (covers !== !this.cover.hidden) this.show(this.cover, covers, "check_covered");
    if (covers) this.stage.dataset.covered = "check";
    else if (this.stage.dataset.covered === "check") delete this.stage.dataset.covered;
    if (holds !== !this.held.hidden) this.show(this.held, holds, "check_mine");
    byId("self").dataset.held = String(holds);
  }

  /** Says once on each page that pictures are not checked, with the first picture of a stranger. */
  notice(state: CheckState): void {
    if (this.noticed || !(state === "off" || state === "weak" || state === "failed")) return;
    this.noticed = true;
    const tell = () => toast(this.translator.text(`check_${state}`));
    const remote = byId("remote");
    if (remote.classList.contains("playing")) tell();
    else remote.addEventListener("playing", tell, { once: true });
  }

  private show(card: HTMLElement, shown: boolean, key: "check_covered" | "check_mine"): void {
    const focused = card.contains(document.activeElement);
    card.hidden = !shown;
    if (focused && !shown) focusFallbackQuietly();
    if (shown) announce(this.translator.text(key));
  }
}
