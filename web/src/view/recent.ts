// The list of recent strangers. Everything that a stranger wrote is shown as plain text.

import type { Line } from "../core/call/state";
import { cleanText, isolatedText } from "../core/text/plain-text";
import type { Key, PageTranslator } from "../language/texts";
import type { RecentPartner } from "../safety/recent-partners";
import { lineElement } from "./chat-line";
import { canCopy, copyLines } from "./copy-lines";
import { button, byId } from "./dom";

export interface Entry extends RecentPartner {
  /** What was written, if the page has been open since then. */
  talk: readonly Line[];
  /** The report is stored and not acknowledged yet. */
  waits: boolean;
  /** This tab is still the same visitor, so it can block. */
  mine: boolean;
}

export interface RecentActions {
  entries: () => Promise<Entry[]>;
  report: (entry: Entry) => void;
  block: (entry: Entry) => void;
  forgetAll: () => Promise<void>;
  /** Returns what else to offer beside this stranger. */
  offerFor: (entry: Entry) => HTMLElement[];
}

export class RecentView {
  private readonly dialog = byId<HTMLDialogElement>("recent-dialog");

  constructor(
    private readonly translator: PageTranslator,
    private readonly actions: RecentActions,
  ) {
    byId("recent-close").onclick = () => this.dialog.close();
    byId("forget-all").onclick = () => void this.forgetAll();
  }

  /** Renders the list again if it is open. */
  async refresh(): Promise<void> {
    if (!this.dialog.open) return;
    const entries = await this.actions.entries();
    const focused = byId("recents").contains(document.activeElement);
    byId("recents").replaceChildren(...entries.map((entry) => this.entryElement(entry)));
    byId("recent-none").hidden = entries.length > 0;
    byId<HTMLButtonElement>("forget-all").hidden = entries.length === 0;
    if (focused) byId("recent-title").focus();
  }

  async show(): Promise<void> {
    if (this.dialog.open) return;
    this.dialog.showModal();
    byId("recent-title").focus();
    await this.refresh();
  }

  private async forgetAll(): Promise<void> {
    byId("recent-title").focus();
    await this.actions.forgetAll();
    await this.refresh();
  }

  private entryElement(entry: Entry): HTMLElement {
    const item = document.createElement("li");
    item.append(this.about(entry), this.lastLine(entry), this.actionsFor(entry));
    if (entry.talk.length > 0) item.append(this.conversation(entry.talk));
    return item;
  }

  /** Holds the whole conversation, closed at first. */
  private conversation(talk: readonly Line[]): HTMLElement {
    const { translator } = this;
    const place = document.createElement("details");
    const [opener, lines] = [document.createElement("summary"), document.createElement("div")];
    opener.textContent = translator.text("conversation");
    lines.className = "talk";
    lines.tabIndex = 0; // so that the keyboard can scroll it
    lines.append(...talk.map((line) => lineElement(line, translator)));
    place.append(opener, lines);
    if (canCopy()) place.append(button(translator.text("copy"), () => void copyLines(talk, translator)));
    return place;
  }

  private about({ metAt, mode, lastedMs, shared, country }: RecentPartner): HTMLElement {
    const about = document.createElement("p");
    const [when, how] = [document.createElement("strong"), document.createElement("small")];
    when.textContent = agoIn(this.translator, Date.now() - metAt);
    how.textContent = `${this.translator.text(`mode_${mode}`)} · ${lengthIn(this.translator.locale, lastedMs)}`;
    about.append(when, how);
    const known = recognitionText(shared, country, this.translator);
    if (known)
      about.append(
        Object.assign(document.createElement("small"), { className: "known", textContent: known }),
      );
    return about;
  }

  /** Shows the last line of the stranger, to recognise them. */
  private lastLine({ lines }: RecentPartner): HTMLElement {
    const said = document.createElement("p");
    const last = lines.findLast(({ from }) => from === "stranger");
    said.className = last ? "said" : "said quiet";
    said.dir = "auto";
    said.textContent = last ? cleanText(last.text) : this.translator.text("recent_silent");
    return said;
  }

  private actionsFor(entry: Entry): HTMLElement {
    const row = document.createElement("div");
    row.className = "row";
    const state = stateOf(entry);
    if (state) {
      const shown = document.createElement("span");
      shown.className = "state";
      shown.dataset.state = state;
      shown.textContent = this.translator.text(`recent_${state}` as Key);
      row.append(shown);
    }
    row.append(...this.actions.offerFor(entry));
    if (!entry.reported && !entry.waits)
      row.append(this.actionButton("report", () => this.actions.report(entry)));
    if (!state && entry.mine) row.append(this.actionButton("block", () => this.actions.block(entry)));
    return row;
  }

  private actionButton(key: "report" | "block", act: () => void): HTMLElement {
    return button(this.translator.text(key), act);
  }
}

function stateOf({ reported, waits, blocked }: Entry): "reported" | "waiting" | "blocked" | undefined {
  if (reported) return "reported";
  if (waits) return "waiting";
  return blocked ? "blocked" : undefined;
}

/** Returns a text like "chess · Switzerland": shared interests, and the stranger's country. */
export function recognitionText(
  shared: readonly string[] = [],
  country: string | undefined,
  translator: Pick<PageTranslator, "country">,
): string {
  return [...shared.map(isolatedText), country ? translator.country(country) : ""]
    .filter(Boolean)
    .join(" · ");
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Returns a text like "12 minutes ago". */
export function agoIn({ locale, text }: Pick<PageTranslator, "locale" | "text">, past: number): string {
  if (past < MINUTE) return text("recent_now");
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return past < HOUR
    ? format.format(-Math.floor(past / MINUTE), "minute")
    : format.format(-Math.floor(past / HOUR), "hour");
}

/** Returns the length of a call, like "40 sec" or "12 min". */
export function lengthIn(locale: string, ms: number): string {
  const unit = ms < MINUTE ? "second" : "minute";
  const count = Math.max(1, Math.floor(ms / (ms < MINUTE ? 1000 : MINUTE)));
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count);
}
