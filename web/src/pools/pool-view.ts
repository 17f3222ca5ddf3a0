// The page of a named pool: its words and picture above the wish, when it is open, and what a gateway refuses.

import type { PoolDescription } from "../http.generated";
import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { addInterests } from "../preferences";
import { button, byId, setText } from "../view/dom";
import { announce } from "../view/notifications";
import { changesAt, countdown, moment, skewOf } from "./pool-hours";
import { POOL_TEXTS, type PoolTexts } from "./texts";
import "./pool.css";

const TIMEOUT_MS = 10_000;
const RETRY_MS = 10_000;
const SECOND_MS = 1000;

/** `missing`: there is no such pool. */
type Known = PoolDescription | "missing" | undefined;

export class PoolView {
  private readonly texts: PoolTexts;
  private readonly section = document.createElement("section");
  private readonly hours = document.createElement("p");
  private readonly refused = document.createElement("p");
  private readonly calendar: HTMLAnchorElement;
  private readonly topics = document.createElement("ul");
  private known: Known;
  private asking = false;
  private skew = 0;
  private state: PageState | undefined;
  private told: string | undefined;

  constructor(
    private readonly name: string,
    private readonly translator: PageTranslator,
    private readonly dispatch: Dispatch,
    private readonly request: typeof fetch = (...args) => fetch(...args),
  ) {
    this.texts = POOL_TEXTS[translator.locale as Locale];
    this.calendar = link(this.texts.calendar, `/p/${name}/calendar.ics`);
    this.calendar.setAttribute("download", "");
    this.section.className = "pool";
    this.refused.className = "refused";
    this.hours.className = "quiet";
    this.topics.className = "row";
    byId("setup").prepend(this.section);
    void this.ask();
    setInterval(() => this.passed(), SECOND_MS);
  }

  render(state: PageState): void {
    this.state = state;
    const { refused } = state.call;
    setText(this.refused, refused && this.texts[refused as keyof PoolTexts]);
    if (refused && refused !== this.told) {
      setTimeout(() => announce(this.refused.textContent ?? "")); // after the page has announced the phase
      void this.ask(); // it has closed, or somebody has changed the pools
    }
    this.told = refused;
    if (this.isClosed) byId<HTMLButtonElement>("start").disabled = true;
    this.showTopics();
  }

  private get isClosed(): boolean {
    return this.known === "missing" || this.known?.open === false;
  }

  private async ask(): Promise<void> {
    if (this.asking) return; // also while it waits for another try
    this.asking = true;
    try {
      const answer = await this.request(`/api/pools/${this.name}`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answer.ok && answer.status !== 404) throw new Error(`status ${answer.status}`);
      this.known = answer.ok ? ((await answer.json()) as PoolDescription) : "missing";
    } catch (error) {
      console.info("The pool could not be asked for:", (error as Error).name);
      // Meanwhile Start works, and the gateway decides. All visitors of a pool ask in the same second.
      setTimeout(
        () => {
          this.asking = false;
          void this.ask();
        },
        RETRY_MS * (1 + Math.random()),
      );
      return;
    }
    this.asking = false;
    if (this.known !== "missing") this.skew = skewOf(this.known, Date.now());
    this.show(this.known);
    this.dispatch({ type: "changed" });
  }

  private show(pool: PoolDescription | "missing"): void {
    byId("setup").classList.toggle("no-pool", pool === "missing");
    if (pool === "missing") {
      const said = paragraph(this.texts.pool_unknown);
      this.section.replaceChildren(said, link(this.texts.front, "/"));
      announce(this.texts.pool_unknown);
      return;
    }
    const title = wordsIn(pool.titles, this.translator.locale);
    setText(byId("idle-title"), title);
    const lead = byId("idle-title").parentElement?.querySelector<HTMLElement>(".lead");
    if (lead) setText(lead, wordsIn(pool.texts, this.translator.locale));
    const links = document.createElement("div");
    links.className = "row";
    if (pool.opens || pool.closes) links.append(this.calendar);
    links.append(link(this.texts.everybody, "/"));
    this.section.replaceChildren(
      ...(pool.picture ? [picture(pool.picture)] : []),
      this.refused,
      this.hours,
      ...(pool.minimum_age > 18 ? [paragraph(this.text("age", { age: `${pool.minimum_age}` }))] : []),
      links,
      this.topics,
    );
    this.showHours(pool);
    this.showTopics();
  }

  /** A second has passed. When the pool opens or closes, the server says what follows. */
  private passed(): void {
    if (!this.known || this.known === "missing" || this.state?.call.phase !== "idle" || document.hidden)
      return;
    const at = changesAt(this.known);
    if (at !== undefined && at <= Date.now() + this.skew) void this.ask();
    else this.showHours(this.known);
  }

  private showHours(pool: PoolDescription): void {
    const at = changesAt(pool);
    const { locale } = this.translator;
    if (at === undefined) {
      setText(this.hours, pool.open ? "" : this.texts.over);
      return;
    }
    const when = moment(at, locale);
    const left = countdown(at - Date.now() - this.skew, locale);
    setText(this.hours, pool.open ? this.text("closes", { when }) : this.text("opens", { when, left }));
  }

  /** Offers the topics that are not in the wish yet. */
  private showTopics(): void {
    const mine = this.state?.preferences.interests ?? [];
    const pool = this.known;
    const offered =
      pool && pool !== "missing" ? pool.interests.filter((one) => !mine.includes(one.toLowerCase())) : [];
    if (`${offered}` === this.topics.dataset.offered) return;
    this.topics.dataset.offered = `${offered}`;
    this.topics.setAttribute("aria-label", this.texts.interests);
    this.topics.replaceChildren(...offered.map((interest) => this.topic(interest)));
  }

  private topic(interest: string): HTMLElement {
    const item = document.createElement("li");
    const chip = button(`+ ${interest}`, () => {
      const interests = addInterests(this.state?.preferences.interests ?? [], interest);
      this.dispatch({ type: "change_preferences", change: { interests } });
      (this.topics.querySelector("button") ?? byId("interest")).focus();
    });
    chip.dir = "auto";
    chip.setAttribute("aria-label", this.translator.text("popular_add", { interest }));
    item.append(chip);
    return item;
  }

  private text(key: keyof PoolTexts, values: Record<string, string>): string {
    return this.texts[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  }
}

/** Returns the words in the language of the page, or those for all others. */
export function wordsIn(words: Record<string, string>, locale: string): string {
  return words[locale] ?? words[""] ?? words.en ?? Object.values(words)[0] ?? "";
}

function paragraph(text: string): HTMLElement {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

function link(text: string, address: string): HTMLAnchorElement {
  const element = document.createElement("a");
  element.href = address;
  element.textContent = text;
  return element;
}

function picture(address: string): HTMLImageElement {
  const element = new Image();
  element.src = address;
  element.alt = "";
  return element;
}
