// Shows the captions of the stranger above the bar, who is written down, and who asks for it.

import type { Caption } from "../core/captions/caption";
import { nextEnd, shownLines } from "../core/captions/caption-lines";
import { button, byId } from "../view/dom";
import { LatestNews } from "../view/latest-news";
import { announce } from "../view/notifications";
import type { CaptionExchange } from "./caption-exchange";
import { made, press, spoken, toggle, translated } from "./elements";
import type { Translated } from "./translation";
import type { Words } from "./words";

/** So many final lines can be read again by a screen reader. */
const MOST_HEARD = 20;

export interface CaptionsShown {
  /** Undefined while there is no call. */
  exchange: CaptionExchange | undefined;
  /** I want to read them. */
  wanted: boolean;
  /** My microphone is being written down. */
  writing: boolean;
  /** The stranger would like to read what I say, and I can let them. */
  asked: boolean;
}

export interface CaptionsActions {
  show: () => void;
  write: () => void;
  notNow: () => void;
}

export class CaptionsView {
  /** It does not break off the greeting of a match. */
  private readonly news = new LatestNews(announce, () => byId("announcer").textContent);
  private readonly sent: HTMLElement;
  private readonly asked: HTMLElement;
  private readonly writing: HTMLElement;
  private readonly lines = made("div", { className: "caption-lines" });
  private readonly original: HTMLButtonElement;
  private readonly heard = made("div", { className: "unseen" });
  private readonly place: HTMLElement;
  private readonly translations = new Map<number, Translated>();
  private shown: CaptionsShown = { exchange: undefined, wanted: false, writing: false, asked: false };
  private originals = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly words: Words,
    { show, write, notNow }: CaptionsActions,
  ) {
    const note = (...children: (Node | string)[]) =>
      made("p", { className: "pill", hidden: true }, ...children);
    this.sent = note(words.text("sent"), " ", button(words.text("show"), show));
    this.asked = note(
      words.text("wanted"),
      " ",
      button(words.text("write"), write),
      button(words.text("not_now"), notNow),
    );
    this.writing = note(words.text("writing"));
    this.writing.classList.add("writing");
    this.original = toggle(words.text("original"), () => this.showOriginals(!this.originals));
    this.original.hidden = true;
    // A screen reader gets each line once, when it is final.
    this.lines.setAttribute("aria-hidden", "true");
    this.heard.setAttribute("role", "log");
    this.heard.ariaLabel = words.text("captions");
    this.place = made("section", { className: "captions", hidden: true });
    this.place.ariaLabel = words.text("captions");
    const row = made("div", { className: "caption-row" }, this.writing, this.original);
    this.place.append(this.sent, this.asked, row, this.lines, this.heard);
    byId("stage").after(this.place);
  }

  render(shown: CaptionsShown): void {
    if (shown.exchange !== this.shown.exchange) this.forget();
    this.shown = shown;
    const sends = shown.exchange?.theirs?.sends === true;
    this.note(this.sent, sends && !shown.wanted, "sent");
    this.note(this.asked, shown.asked, "wanted");
    this.note(this.writing, shown.writing, "writing");
    this.place.hidden = !shown.exchange || !(shown.wanted || sends || shown.asked || shown.writing);
    this.renderLines();
  }

  /** A final line is read out: its translation, if there is one. */
  hear({ n, text, language }: Caption, found: Translated | undefined): void {
    if (found) this.translations.set(n, found);
    const { lines = [] } = this.shown.exchange ?? {};
    for (const known of this.translations.keys())
      if (known !== n && !lines.some((line) => line.n === known)) this.translations.delete(known);
    const said = found ? translated(found.text, found.target) : spoken(text, language);
    this.heard.append(made("p", {}, said));
    while (this.heard.childElementCount > MOST_HEARD) this.heard.firstChild?.remove();
    this.renderLines();
  }

  private forget(): void {
    this.translations.clear();
    this.heard.replaceChildren();
    this.originals = false;
    press(this.original, false);
  }

  private note(note: HTMLElement, shown: boolean, key: "sent" | "wanted" | "writing"): void {
    if (note.hidden !== shown) return;
    note.hidden = !shown;
    if (shown) this.news.say(this.words.text(key));
  }

  private showOriginals(originals: boolean): void {
    this.originals = originals;
    press(this.original, originals);
    this.renderLines();
  }

  private renderLines(): void {
    clearTimeout(this.timer);
    const { exchange, wanted } = this.shown;
    const now = performance.now();
    const lines = exchange && wanted ? exchange.lines : [];
    const shown = shownLines(lines, now);
    this.lines.replaceChildren(...shown.map((line) => this.line(line)));
    this.original.hidden = !shown.some(({ n }) => this.translations.has(n));
    const end = nextEnd(lines, now);
    if (end !== undefined) this.timer = setTimeout(() => this.renderLines(), end - now);
  }

  private line({ n, text, language, final }: Caption): HTMLElement {
    const found = this.translations.get(n);
    const said = found && !this.originals ? translated(found.text, found.target) : spoken(text, language);
    const line = made("p", {}, said);
    line.dataset.final = String(final);
    return line;
  }
}
