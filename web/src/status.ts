// The page of figures: asks every ten seconds, as long as somebody looks.

import { chosenLocale, localeOf } from "./language/locale";
import { askSite, siteBefore } from "./site/site";
import { Charts } from "./status/charts";
import { columns, type Figures } from "./status/figures";
import { type Freshness, showFigures, showFreshness, showTable, translate } from "./status/page";
import { loadTexts, wordsFor } from "./status/words";
import { storageOf } from "./storage/storage";
import { brand } from "./view/branding";

const EVERY = 10_000;

const store = storageOf(() => localStorage);
const locale = chosenLocale(store) ?? localeOf(navigator.languages);
const [texts, said] = await Promise.all([loadTexts(locale), askSite(store)]);
const site = said ?? siteBefore(store);
const words = wordsFor(locale, texts, site.name);
brand(site);
const charts = new Charts(words);
let since: number | undefined;

translate(words);
showFreshness(words, "loading", since);
void ask();
setInterval(() => document.hidden || void ask(), EVERY);
document.addEventListener("visibilitychange", () => document.hidden || void ask());

async function ask(): Promise<void> {
  showFreshness(words, await attempt(), since);
}

async function attempt(): Promise<Freshness> {
  let figures: Figures;
  try {
    const answer = await fetch("/api/status", { signal: AbortSignal.timeout(EVERY) });
    if (answer.status === 404) return "private";
    if (!answer.ok) return "unreachable";
    figures = (await answer.json()) as Figures;
    since = Date.parse(answer.headers.get("Date") ?? "") || Date.now(); // a cache may have kept it for a while
  } catch {
    return "unreachable"; // no network, no gateway, or no answer in time: the next attempt follows
  }
  const drawn = columns(figures.hour);
  showFigures(words, figures);
  charts.show(drawn);
  showTable(words, drawn);
  return figures.complete ? "fresh" : "partial";
}
