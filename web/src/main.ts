// The only place where objects are built.

import { App } from "./app";
import { Appeals } from "./ban/appeals";
import { BanNotices } from "./ban/notice";
import { keepShell } from "./install";
import { loadTexts, wordsFor } from "./language/i18n";
import { chosenLocale, localeOf } from "./language/locale";
import { Blocks } from "./remedies/blocks";
import { type Recent, Recents } from "./remedies/recents";
import { type KeptReport, Reports } from "./remedies/reports";
import { Device } from "./signaling/device";
import { Tokens } from "./signaling/tokens";
import { Consent } from "./site/consent";
import { LateSite } from "./site/late";
import { askSite, type Site, siteBefore } from "./site/site";
import { DatabaseKeys, DatabaseShelf } from "./storage/database";
import { moveReports } from "./storage/kept-before";
import { SteadyShelf } from "./storage/shelf";
import { alone, storageOf } from "./storage/storage";
import { brand, showLinks } from "./view/branding";
import { showRules } from "./view/consent";
import { translate } from "./view/dom";

const store = storageOf(() => localStorage);
const tab = storageOf(() => sessionStorage);
const locale = chosenLocale(store) ?? localeOf(navigator.languages);
const [texts, said] = await Promise.all([loadTexts(locale), askSite(store)]);
const site = said ?? siteBefore(store);
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

const consent = new Consent(store, site);
const show = (site: Site) => {
  brand(site);
  showRules(site, words, consent.outdated);
  showLinks(site.links, words.text("link_elsewhere"));
};
const lateSite = new LateSite({
  ask: () => askSite(store),
  found: (site) => {
    consent.ruled(site);
    show(site);
    app.askAnew();
  },
});

translate(words);
show(site);
const app = new App({
  words,
  site,
  consent,
  lateSite,
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
if (!said) lateSite.begin();
void keepShell(navigator.serviceWorker);
void recents.all(); // which forgets those who are too old
void moveReports(store, reportShelf, tokens.present()).then(() => reports.retry());
