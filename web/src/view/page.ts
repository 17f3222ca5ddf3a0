// The page as a whole: its phase, its focus, and what a screen reader hears.

import { endingKey, shownConversation } from "../core/call/over";
import type { Call, Phase } from "../core/call/state";
import { sentencesOf } from "../core/text/sentences";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { arrange, byId } from "./dom";
import { focusFallback } from "./focus-fallback";
import { announce, toast } from "./notifications";
import { openingLine, reconnecting } from "./stage";

export class PageView {
  private shown = "";
  private match: string | undefined;
  /** Whether the same conversation goes on across a lost socket. */
  private goesOn = false;
  private first = true;

  constructor(
    private readonly translator: PageTranslator,
    dispatch: Dispatch,
    /** Loads what only visitors need who have accepted the rules. */
    enter: () => Promise<boolean>,
  ) {
    byId<HTMLButtonElement>("consent-button").disabled = false; // before the script, it would load the page again
    const form = byId<HTMLFormElement>("consent");
    form.onchange = () => void enter(); // it comes while the visitor moves on to the button
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (!(await enter())) return toast(translator.text("unreached"));
      dispatch({ type: "agreed" });
      form.reset(); // a visitor who is asked again has not agreed yet
      scrollTo(0, 0); // the card may have been longer than the screen
    };
  }

  render({ call, preferences }: PageState): void {
    const conversation = shownConversation(call);
    arrange(call.phase, conversation?.mode ?? preferences.mode);
    document.documentElement.dataset.talk = conversation ? "yes" : "no";
  }

  /** Returns whether the phase or the match has changed since the last call. */
  private changed(call: Call): boolean {
    const match = call.conversation?.match;
    const now = `${call.phase} ${match ?? ""}`;
    if (now === this.shown) return false;
    this.shown = now;
    this.goesOn = match !== undefined && match === this.match;
    this.match = match;
    return true;
  }

  /** Announces a new phase and moves the focus, after all else is rendered. */
  announcePhase(call: Call): void {
    if (!this.changed(call)) return;
    announce(this.goesOn ? this.goingOn(call) : this.announcement(call));
    document.title = this.title(call);
    if (!this.goesOn) this.focus(call);
    this.first = false;
  }

  /**
   * Moves the focus to the start of this phase. Never to a button, because a late key press would trigger it.
   */
  focus(call: Call): void {
    if (call.phase === "searching" || call.phase === "reconnecting") byId("scene-title").focus();
    else if (call.phase === "over") focusConversation();
    else if (call.phase === "matched" && matchMedia("(pointer: fine)").matches) focusFallback();
    else if (call.phase === "idle" && !this.first) byId("idle-title").focus();
    else if (call.phase === "consent" && !this.first) byId("consent-title").focus();
  }

  /** Shows in the title of the tab that somebody has come or gone. */
  private title(call: Call): string {
    const { text, site } = this.translator;
    const { phase } = call;
    if (phase === "over") return `${this.ending(call)} · ${site}`;
    if (phase === "matched") return `● ${text("matched")}`;
    if (phase === "searching") return `${byId("scene-title").textContent} · ${site}`;
    return `${site} · ${text("tagline")}`;
  }

  private ending(call: Call): string {
    const key = endingKey(call);
    return key ? this.translator.text(key) : "";
  }

  /** While only the chat pauses, the page says that instead. */
  private goingOn({ phase }: Call): string {
    const { text } = this.translator;
    if (phase !== "reconnecting") return text("reconnected");
    return byId("hint").textContent || text("reconnecting_title");
  }

  private announcement(call: Call): string {
    const { text } = this.translator;
    const over = this.ending(call);
    const said: Record<Phase, string> = {
      consent: this.first ? "" : text("consent_changed"),
      idle: call.stopped ? text(`notice_${call.stopped}`) : "",
      over,
      searching: sentencesOf(over, byId("scene-title").textContent),
      matched: greeting(openingLine(call, this.translator, true)),
      reconnecting: text(reconnecting(call).title),
      banned: byId("ban-title").textContent, // a ban may be over already
    };
    return said[call.phase];
  }
}

/**
 * Returns the greeting together with the text of the curtain, because two announcements would interrupt each
 * other.
 */
function greeting(opening = ""): string {
  const curtain = document.querySelector("#curtain:not([hidden], .late) > p")?.textContent;
  return sentencesOf(opening, curtain);
}

/** Keeps the focus on a line that was not sent, so that it can be copied. */
function focusConversation(): void {
  const message = byId("message");
  if (document.activeElement !== message || !message.checkVisibility()) byId("lines").focus();
}
