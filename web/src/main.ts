// The only place where objects are built.

import { App } from "./app";
import { Appeals } from "./appeals";
import { BanNotices } from "./ban-notice";
import { Blocks } from "./blocks";
import { DatabaseKeys, DatabaseShelf } from "./database";
import { Device } from "./device";
import { loadTexts, wordsFor } from "./i18n";
import { keepShell } from "./install";
import { moveReports } from "./kept-before";
import { chosenLocale, localeOf } from "./locale";
import { agreedToOthers } from "./preferences";
import { type Recent, Recents } from "./recents";
import { type KeptReport, Reports } from "./reports";
import { SteadyShelf } from "./shelf";
import { askSite } from "./site";
import { alone, storageOf } from "./storage";
import { Tokens } from "./tokens";
import { brand, showLinks } from "./view/branding";
import { showRules } from "./view/consent";
import { translate } from "./view/dom";

const store = storageOf(() => localStorage);
const tab = storageOf(() => sessionStorage);
const locale = chosenLocale(store) ?? localeOf(navigator.languages);
const [texts, site] = await Promise.all([loadTexts(locale), askSite(store)]);
const words = wordsFor(locale, texts, site.name);
const tokens = new Tokens(tab, Date.now, undefined, new Device(new DatabaseKeys()));
const socketUrl = new URL("/ws", location.href);
socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";

const reportShelf = new SteadyShelf<KeptReport>(new DatabaseShelf("reports"));
const reports = new Reports({
  shelf: reportShelf,
  tokens,
  told: (id, outcome) => app.reportTold(id, outcome),
  alone: (work) => alone("zufall.reports", work),
});

const recents = new Recents(new SteadyShelf<Recent>(new DatabaseShelf("recents")), tokens);

translate(words);
brand(site);
showRules(site, words, agreedToOthers(store, site));
showLinks(site.links, words.text("link_elsewhere"));
const app = new App({
  words,
  site,
  store,
  tab,
  tokens,
  socketUrl: socketUrl.href,
  blocks: new Blocks(store),
  reports,
  recents,
  notices: new BanNotices(store),
  appeals: new Appeals(),
});
app.run();
void keepShell(navigator.serviceWorker);
void recents.all(); // which forgets those who are too old
void moveReports(store, reportShelf, tokens.present()).then(() => reports.retry());
