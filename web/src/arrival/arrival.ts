// Calls a visitor who looks at something else when somebody comes, and keeps the screen awake. It is loaded with the
// first search, or with the settings.

import { callsFor } from "../core/arrival";
import type { Call } from "../core/call/state";
import { translatorFor } from "../language/translator";
import type { Dispatch, PageState, View } from "../page-state";
import { ArrivalNotification, mayNotify } from "./arrival-notification";
import { ArrivalSection } from "./arrival-section";
import { playArrival, vibrate } from "./arrival-sound";
import { ArrivalStore } from "./arrival-store";
import { NotificationOffer } from "./notification-offer";
import { ScreenWakeLock } from "./screen-wake-lock";
import { type ArrivalKey, type ArrivalTranslator, loadTexts } from "./texts";
import "./arrival.css";

export interface ArrivalParts {
  locale: string;
  /** The name of the site. */
  site: string;
  store: Pick<Storage, "getItem" | "setItem">;
  /** Returns the id of the speaker that plays the stranger. */
  speaker: () => string;
  dispatch: Dispatch;
}

/** Loads the texts of this part, too. */
export async function openArrival(parts: ArrivalParts): Promise<Arrival> {
  const texts = await loadTexts(parts.locale);
  return new Arrival(parts, translatorFor<ArrivalKey>(parts.locale, texts, parts.site));
}

export class Arrival implements View {
  private readonly kept: ArrivalStore;
  private readonly notification: ArrivalNotification;
  private readonly lock = new ScreenWakeLock();
  private readonly offer: NotificationOffer;
  private readonly section: ArrivalSection;
  private before: Call | undefined;

  constructor(
    private readonly parts: ArrivalParts,
    private readonly translator: ArrivalTranslator,
  ) {
    const { site, store, dispatch } = parts;
    this.kept = new ArrivalStore(store);
    this.notification = new ArrivalNotification(site);
    this.offer = new NotificationOffer(translator, this.kept, dispatch);
    this.section = new ArrivalSection({ translator, kept: this.kept, play: (speaker) => this.play(speaker) });
    const looks = () => {
      if (!isElsewhere()) this.notification.close();
    };
    document.addEventListener("visibilitychange", looks);
    addEventListener("focus", looks);
  }

  render({ call }: PageState): void {
    const { before } = this;
    this.before = call;
    this.lock.update(call.phase === "searching" || call.conversation !== undefined);
    this.offer.render(call);
    this.section.render();
    if (call.conversation?.match !== before?.conversation?.match) this.notification.close();
    if (before && hasCome(before, call)) this.callVisitor();
  }

  private callVisitor(): void {
    const calls = callsFor(this.kept.settings, isElsewhere());
    if (calls.sound) {
      this.play("");
      vibrate();
    }
    if (calls.notification && mayNotify()) void this.notification.show(this.translator.text("somebody"));
  }

  /** `chosen` is the speaker that plays the stranger, or else the sound is where the computer has it. */
  private play(speaker: "" | "chosen"): void {
    playArrival(speaker && this.parts.speaker()).catch((error: Error) => {
      console.info("The sound could not be played:", error.name);
    });
  }
}

/** Returns whether another stranger has come. A conversation that goes on after a reload is not new. */
function hasCome(before: Call, { conversation }: Call): boolean {
  return conversation !== undefined && conversation.match !== before.conversation?.match;
}

/** Another window may cover this one, which the browser does not always know. */
function isElsewhere(): boolean {
  return document.hidden || !document.hasFocus();
}
