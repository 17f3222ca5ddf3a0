// What a search that lasts has beside its reasons: what is usual at this hour, where else people are, and two dice. It
// is loaded when a gateway has said that the search waits.

import type { Translator } from "../core/translator";
import type { LocalMedia } from "../devices/local-media";
import type { PageTranslator } from "../language/texts";
import { isMeeting } from "../meet/words";
import type { Dispatch, PageState } from "../page-state";
import type { PeopleHere } from "../people-here";
import { type Preferences, wishOf } from "../preferences";
import { fetchStatus } from "../public-status";
import { counted, face, type Luck, roll } from "../waiting/dice";
import { type LastHour, parseLastHour } from "../waiting/last-hour";
import { type OtherMode, otherMode } from "../waiting/other-modes";
import type { WaitingKey } from "../waiting/texts";
import { button, byId, setText } from "./dom";

type WaitingWords = Translator<WaitingKey>;

const REFRESH_MS = 60_000;

export { loadWords } from "../waiting/texts";

export class WaitingView {
  private readonly section = document.createElement("section");
  private readonly usual = paragraph("quiet");
  private readonly there = paragraph("quiet");
  private readonly change = button("", () => void this.changeMode());
  private preferences: Preferences | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly translator: PageTranslator,
    private readonly words: WaitingWords,
    /** Where the site publishes its status: how many people are here, if that is known. */
    private readonly people: (() => PeopleHere | undefined) | undefined,
    private readonly media: Pick<LocalMedia, "settled">,
    private readonly dispatch: Dispatch,
  ) {
    this.section.className = "waiting";
    this.section.ariaLabel = this.words.text("title");
    this.change.hidden = true;
    this.section.append(this.usual, this.there, this.change, dice(this.words));
    byId("scene").append(this.section);
  }

  render({ call, preferences }: PageState): void {
    const waits = call.phase === "searching" && call.search !== undefined && !isMeeting(call.wish);
    this.section.hidden = !waits;
    this.preferences = preferences;
    if (!waits) return;
    this.offer();
    if (this.people && performance.now() - this.askedAt >= REFRESH_MS) void this.refresh();
  }

  private async refresh(): Promise<void> {
    this.askedAt = performance.now();
    const hour = parseLastHour(await fetchStatus(true));
    setText(this.usual, hour && usualText(hour, this.words));
    this.offer();
  }

  private offer(): void {
    const other = this.other();
    const mode = other && this.translator.text(`mode_${other.mode}`);
    setText(this.there, mode && this.words.text("there", { mode, count: other.people }));
    setText(this.change, mode && this.words.text("change", { mode }));
  }

  private other(): OtherMode | undefined {
    const people = this.people?.();
    return this.preferences && people && otherMode(this.preferences.mode, people);
  }

  /** The focus goes first, because the button may disappear. */
  private async changeMode(): Promise<void> {
    const { preferences, dispatch } = this;
    const other = this.other();
    if (!other || !preferences) return;
    byId("scene-title").focus();
    const { mode } = other;
    dispatch({ type: "stop" });
    dispatch({ type: "change_preferences", change: { mode } });
    await this.media.settled(); // the microphone is requested alone
    dispatch({ type: "start", wish: wishOf({ ...preferences, mode }) });
  }
}

/** Returns nothing if nobody met. */
export function usualText({ matches, wait }: LastHour, words: WaitingWords): string | undefined {
  if (wait === undefined) return undefined;
  const minutes = wait >= 90;
  const time = new Intl.NumberFormat(words.locale, {
    style: "unit",
    unit: minutes ? "minute" : "second",
    unitDisplay: "long",
    maximumFractionDigits: 0,
  }).format(Math.max(1, minutes ? wait / 60 : wait));
  return `${words.count("began", matches)} ${words.text("usual", { time })}`;
}

function dice(words: WaitingWords): HTMLElement {
  let luck: Luck = { rolls: 0, doubles: 0 };
  const faces = document.createElement("span");
  faces.className = "faces";
  faces.ariaHidden = "true";
  const said = paragraph("");
  said.role = "status";
  const chances = paragraph("quiet");
  const rolls = button(words.text("dice"), () => {
    const rolled = roll(Math.random);
    luck = counted(luck, rolled);
    const [one, other] = rolled;
    faces.textContent = face(one) + face(other);
    setText(said, words.text(one === other ? "double" : "rolled", { one, other }));
    setText(chances, words.text("doubles", { ...luck }));
  });
  const row = document.createElement("div");
  row.className = "dice";
  row.append(rolls, faces, said);
  const all = document.createElement("div");
  all.append(row, chances);
  return all;
}

function paragraph(name: string): HTMLElement {
  const made = document.createElement("p");
  made.className = name;
  made.hidden = true;
  return made;
}
