// The figures in words, the table, and how fresh all of it is.

import { declare } from "../language/locale";
import { type Columns, type Figures, MINUTES } from "./figures";
import type { Key, Words } from "./words";

export type Freshness = "loading" | "fresh" | "partial" | "unreachable" | "private";

export function translate(words: Words): void {
  declare(words.locale);
  document.title = words.text("title");
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = words.text(element.dataset.text as Key);
  }
}

export function showFreshness(words: Words, freshness: Freshness, since: number | undefined): void {
  document.documentElement.dataset.status = freshness;
  const key = freshness === "unreachable" && since === undefined ? "silent" : freshness;
  const time = since === undefined ? "" : words.clock(since / 1000, true);
  const line = byId("freshness");
  const text = words.text(key, { time });
  // Trouble is read out; that time goes by is not.
  line.setAttribute("aria-live", freshness === "fresh" ? "off" : "polite");
  if (line.textContent !== text) line.textContent = text;
}

export function showFigures(words: Words, figures: Figures): void {
  const { wait, repeats } = figures;
  set("online", words.number(figures.online));
  set("waiting", words.number(figures.waiting));
  set("matches", words.number(figures.matches_per_minute));
  set("wait", wait.p50 === null ? words.text("unknown") : words.span(wait.p50));
  set(
    "wait_long",
    wait.p99 === null ? words.text("nobody") : words.text("wait_long", { time: words.span(wait.p99) }),
  );
  set("repeats", repeats === null ? words.text("unknown") : words.share(repeats));
}

/** The newest minute first; unknown ones say so. */
export function showTable(words: Words, columns: Columns): void {
  const say = (value: number | null | undefined, how: (value: number) => string) =>
    value === null || value === undefined ? words.text("unknown") : how(value);
  const rows = columns.times.map((time, place) => {
    const row = document.createElement("tr");
    const head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    head.textContent = words.clock(time);
    const matches = columns.matches[place] ?? columns.running[place];
    for (const text of [
      say(matches, words.number),
      say(columns.online[place], words.number),
      say(columns.half[place], words.span),
      say(columns.most[place], words.span),
      say(columns.repeats[place], words.share),
    ]) {
      row.appendChild(document.createElement("td")).textContent = text;
    }
    return row;
  });
  byId("minutes").replaceChildren(...rows.reverse().slice(0, MINUTES));
}

function set(figure: string, text: string): void {
  const element = document.querySelector(`[data-figure="${figure}"]`);
  if (!element) throw new Error(`the page has no figure ${figure}`);
  element.textContent = text;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}
