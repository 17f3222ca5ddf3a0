// Shows the numbers, the table, and how fresh they are.

import type { ClusterStatus } from "../http.generated";
import { applyLocale } from "../language/locale";
import { type Columns, MINUTES } from "./figures";
import type { Key, StatusTranslator } from "./texts";

export type Freshness = "loading" | "fresh" | "partial" | "unreachable" | "private";

export function translate(translator: StatusTranslator): void {
  applyLocale(translator.locale);
  document.title = translator.text("title");
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = translator.text(element.dataset.text as Key);
  }
}

export function showFreshness(
  translator: StatusTranslator,
  freshness: Freshness,
  since: number | undefined,
): void {
  document.documentElement.dataset.status = freshness;
  const key = freshness === "unreachable" && since === undefined ? "silent" : freshness;
  const time = since === undefined ? "" : translator.clock(since / 1000, true);
  const line = byId("freshness");
  const text = translator.text(key, { time });
  // Trouble is read aloud. The passing of time is not.
  line.setAttribute("aria-live", freshness === "fresh" ? "off" : "polite");
  if (line.textContent !== text) line.textContent = text;
}

export function showFigures(translator: StatusTranslator, figures: ClusterStatus): void {
  const { wait, repeats } = figures;
  set("online", translator.number(figures.online));
  set("waiting", translator.number(figures.waiting));
  set("matches", translator.number(figures.matches_per_minute));
  set("wait", wait.p50 === null ? translator.text("unknown") : translator.duration(wait.p50));
  set(
    "wait_long",
    wait.p99 === null
      ? translator.text("nobody")
      : translator.text("wait_long", { time: translator.duration(wait.p99) }),
  );
  set("repeats", repeats === null ? translator.text("unknown") : translator.share(repeats));
}

/** Shows the named pools, each with a link to its page. An older gateway knows none. */
export function showPools(translator: StatusTranslator, { pools = [] }: ClusterStatus): void {
  byId("pools").hidden = pools.length === 0;
  const rows = pools.map(({ name, title, people, waiting }) => {
    const row = document.createElement("tr");
    const head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    const link = head.appendChild(document.createElement("a"));
    link.href = `/p/${name}`;
    link.textContent = title;
    for (const count of [people, waiting])
      row.appendChild(document.createElement("td")).textContent = translator.number(count);
    return row;
  });
  byId("pool-rows").replaceChildren(...rows);
}

/** Shows the newest minute first. */
export function showTable(translator: StatusTranslator, columns: Columns): void {
  const say = (value: number | null | undefined, how: (value: number) => string) =>
    value === null || value === undefined ? translator.text("unknown") : how(value);
  const rows = columns.times.map((time, place) => {
    const row = document.createElement("tr");
    const head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    head.textContent = translator.clock(time);
    const matches = columns.matches[place] ?? columns.running[place];
    for (const text of [
      say(matches, translator.number),
      say(columns.online[place], translator.number),
      say(columns.half[place], translator.duration),
      say(columns.most[place], translator.duration),
      say(columns.repeats[place], translator.share),
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
