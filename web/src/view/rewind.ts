// The button for a rewind, for a moment after Next. It never takes the focus by itself, because a late key
// press would trigger it.

import { canRewind } from "../core/call/rewind";
import type { Rewind } from "../core/call/state";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { byId, setText } from "./dom";
import { announce } from "./notifications";

export class RewindView {
  private readonly button = byId("go-back");
  private readonly place = byId("rewind");
  private readonly seconds: Intl.NumberFormat;
  private until = 0;

  constructor(
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
  ) {
    this.seconds = new Intl.NumberFormat(translator.locale, {
      style: "unit",
      unit: "second",
      unitDisplay: "narrow",
    });
    this.button.onclick = () => dispatch({ type: "rewind_requested" });
    setInterval(() => this.countDown(), 500);
  }

  render({ call }: PageState): void {
    const rewind = canRewind(call) ? call.rewind : undefined;
    const focused = document.activeElement === this.button;
    this.move(call.phase === "searching");
    this.place.hidden = !rewind;
    this.button.hidden = !rewind || rewind.asked;
    setText(byId("rewind-do"), this.translator.text(rewind?.offered ? "rewind_yes" : "go_back"));
    this.until = rewind?.until ?? 0;
    this.countDown();
    this.tell(rewind);
    if (focused && this.button.hidden) this.dispatch({ type: "focus_lost" });
  }

  /** In a search it is below the other words, and covers none of them. In a match it is on the picture. */
  private move(searches: boolean): void {
    const scene = byId("scene");
    if (searches === scene.contains(this.place)) return;
    if (searches) scene.append(this.place);
    else byId("bar").before(this.place);
  }

  /** Screen readers hear nothing of it, because the name of a button should stay. */
  private countDown(): void {
    if (this.button.hidden) return;
    const seconds = Math.max(0, Math.ceil((this.until - performance.now()) / 1000));
    setText(byId("rewind-left"), this.seconds.format(seconds));
  }

  private tell(rewind: Rewind | undefined): void {
    const text = rewind && this.textOf(rewind);
    const place = byId("rewind-text");
    if (text && place.textContent !== text) announce(text);
    setText(place, text);
  }

  private textOf({ asked, offered }: Rewind): string | undefined {
    if (asked) return this.translator.text("rewind_asked");
    return offered ? this.translator.text("rewind_offer") : undefined;
  }
}
