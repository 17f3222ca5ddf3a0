// The curtain over the stranger's picture: its text, its button, and what the video may show under it.

import type { Shows, Waits } from "../core/curtain";
import type { Key, PageTranslator } from "../language/texts";
import type { Dispatch } from "../page-state";
import { byId, setText } from "./dom";
import { LatestNews } from "./latest-news";
import { announce } from "./notifications";

/** `atOnce`: the visitor did not choose to wait, so its end is not announced. */
export interface Drawn {
  shows: Shows;
  waits: Waits;
  atOnce: boolean;
}

export class CurtainView {
  private readonly place = byId("curtain");
  private readonly button = byId("lift");
  private readonly remote = byId<HTMLVideoElement>("remote");
  private readonly news = new LatestNews(announce, () => byId("announcer").textContent);
  private drawn: Drawn | undefined;

  constructor(
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
  ) {
    this.button.onclick = () => dispatch({ type: "lift_curtain", asked: true });
    for (const change of ["loadedmetadata", "resize", "emptied"]) {
      this.remote.addEventListener(change, () => dispatch({ type: "changed" }));
    }
  }

  /** Returns the longer side of the stranger's picture, or 0 before it plays. */
  longest(): number {
    if (!this.remote.classList.contains("playing")) return 0;
    return Math.max(this.remote.videoWidth, this.remote.videoHeight);
  }

  render(drawn: Drawn | undefined): void {
    const waits = isUp(drawn) ? undefined : drawn?.waits;
    document.documentElement.dataset.curtain = waits ? "down" : "up";
    byId("stage").dataset.shows = drawn?.shows ?? "clear";
    const text = waits && textOf(waits);
    this.place.hidden = !text;
    this.place.classList.toggle("late", drawn?.atOnce === true);
    setText(byId("curtain-text"), text && this.translator.text(text));
    this.offer(waits && buttonOf(waits));
    this.tell(drawn);
    this.drawn = drawn;
  }

  /** Announces what has changed since the match began. The greeting in `page.ts` announces the start. */
  private tell(drawn: Drawn | undefined): void {
    const before = this.drawn;
    const again = isUp(before) && !isUp(drawn); // the curtain of another match
    if (!drawn || again) this.news.forget();
    if (!drawn || drawn.atOnce || !before || isUp(before)) return;
    if (!isUp(drawn) && drawn.waits === before.waits) return;
    const text = isUp(drawn) ? "curtain_up" : textOf(drawn.waits);
    if (text) this.news.say(this.translator.text(text));
    else this.news.forget();
  }

  private offer(label: Key | undefined): void {
    const focused = document.activeElement === this.button;
    setText(this.button, label && this.translator.text(label));
    if (focused && !label) this.dispatch({ type: "focus_lost" });
  }
}

/** Returns what the curtain says. The cover of the check says it itself. */
function textOf(waits: Waits): Key | undefined {
  if (waits === "cover") return undefined;
  return waits === "choice" ? "curtain_me" : `curtain_${waits}`;
}

/** Returns what its button says, which is there unless the visitor has pressed it. */
function buttonOf(waits: Waits): Key | undefined {
  if (waits === "them" || waits === "way" || waits === "cover") return undefined;
  return waits === "check" || waits === "choice" ? "check_show" : "lift";
}

/** Returns whether the curtain is gone. A picture can be blurred without it. */
function isUp(drawn: Drawn | undefined): boolean {
  return drawn === undefined || drawn.shows === "clear" || drawn.shows === "blurred";
}
