// The status page: it asks every ten seconds while somebody looks.

import type { ClusterStatus } from "./http.generated";
import { chosenLocale, localeOf } from "./language/locale";
import { translatorFor } from "./language/translator";
import { fetchSite, storedSite } from "./site/site";
import { Charts } from "./status/charts";
import { columns } from "./status/figures";
import { formatsFor } from "./status/formats";
import { type Freshness, showFigures, showFreshness, showPools, showTable, translate } from "./status/page";
import { type Key, loadTexts } from "./status/texts";
import { openStorage } from "./storage/local-storage";
import { brand } from "./view/branding";

const EVERY = 10_000;

const store = openStorage(() => localStorage);
const locale = chosenLocale(store) ?? localeOf(navigator.languages);
const [texts, said] = await Promise.all([loadTexts(locale), fetchSite(store)]);
const site = said ?? storedSite(store);
const translator = { ...translatorFor<Key>(locale, texts, site.name), ...formatsFor(locale) };
brand(site);
const charts = new Charts(translator);
let since: number | undefined;

translate(translator);
showFreshness(translator, "loading", since);
void ask();
setInterval(() => document.hidden || void ask(), EVERY);
document.addEventListener("visibilitychange", () => document.hidden || void ask());

async function ask(): Promise<void> {
  showFreshness(translator, await attempt(), since);
}

async function attempt(): Promise<Freshness> {
  let figures: ClusterStatus;
  try {
    const answer = await fetch("/api/status", { signal: AbortSignal.timeout(EVERY) });
    if (answer.status === 404) return "private";
    if (!answer.ok) return "unreachable";
    figures = (await answer.json()) as ClusterStatus;
    since = Date.parse(answer.headers.get("Date") ?? "") || Date.now(); // a cache may have kept the answer for a while
  } catch {
    return "unreachable"; // no network, no gateway, or no answer in time: the next try follows
  }
  const drawn = columns(figures.hour);
  showFigures(translator, figures);
  showPools(translator, figures);
  charts.show(drawn);
  showTable(translator, drawn);
  return figures.complete ? "fresh" : "partial";
}
