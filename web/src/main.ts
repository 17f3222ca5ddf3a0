// The only place where objects are built.

import { App } from "./app";
import { Appeals } from "./ban/appeals";
import { BanNotices } from "./ban/notice";
import { Stagehand } from "./curtain/stagehand";
import { Equipment } from "./devices/equipment";
import { Media } from "./devices/media";
import { EffectRunner } from "./effect-runner";
import { keepShell } from "./install";
import { loadTexts, wordsFor } from "./language/i18n";
import { chosenLocale, localeOf } from "./language/locale";
import { Late } from "./late";
import type { Dispatch } from "./page-state";
import { loadPreferences } from "./preferences";
import { Blocks } from "./remedies/blocks";
import { pictureOf } from "./remedies/picture";
import { type Recent, Recents } from "./remedies/recents";
import { Remedies } from "./remedies/remedies";
import { type KeptReport, Reports } from "./remedies/reports";
import { curtainOf, loadSettings } from "./settings";
import { Signaling } from "./signaling";
import { Device } from "./signaling/device";
import { watchNetwork } from "./signaling/network";
import { Readiness } from "./signaling/readiness";
import { Tokens } from "./signaling/tokens";
import { VisitorStore } from "./signaling/visitor-store";
import { Consent } from "./site/consent";
import { LateSite } from "./site/late";
import { askSite, type Site, siteBefore } from "./site/site";
import { DatabaseKeys, DatabaseShelf } from "./storage/database";
import { moveReports } from "./storage/kept-before";
import { SteadyShelf } from "./storage/shelf";
import { alone, storageOf } from "./storage/storage";
import { Talk } from "./talk";
import { AdvertisingView } from "./view/advertising";
import { AttentionView } from "./view/attention";
import { BarView } from "./view/bar";
import { brand, showLinks } from "./view/branding";
import { ChatView } from "./view/chat";
import { showRules } from "./view/consent";
import { CurtainView } from "./view/curtain";
import { DevicesView } from "./view/devices";
import { byId, translate } from "./view/dom";
import { LanguageView } from "./view/language";
import { toast } from "./view/notices";
import { watchOffline } from "./view/offline";
import { PageView } from "./view/page";
import { PopularView } from "./view/popular";
import { ReactionsView } from "./view/reactions";
import { RewindView } from "./view/rewind";
import { SettingsView } from "./view/settings";
import { SetupView } from "./view/setup";
import { StageView } from "./view/stage";
import { UnconfirmedView } from "./view/unconfirmed";

/** After what could not be loaded it is tried again. */
const RETRY_MS = 10_000;

const store = storageOf(() => localStorage);
const tab = storageOf(() => sessionStorage);
const locale = chosenLocale(store) ?? localeOf(navigator.languages);
const [texts, said] = await Promise.all([loadTexts(locale), askSite(store)]);
const site = said ?? siteBefore(store);
const words = wordsFor(locale, texts, site.name);
const preferences = loadPreferences(store, navigator.languages);
const settings = loadSettings(store);
const dispatch: Dispatch = (event) => app.dispatch(event);
const changed = () => dispatch({ type: "changed" });

// The visitor, and everything that this browser keeps.
const tokens = new Tokens(tab, Date.now, undefined, new Device(new DatabaseKeys()));
const visitors = new VisitorStore(store, navigator.locks);
const blocks = new Blocks(store);
const notices = new BanNotices(store);
const recents = new Recents(new SteadyShelf<Recent>(new DatabaseShelf("recents")), tokens);
const reportShelf = new SteadyShelf<KeptReport>(new DatabaseShelf("reports"));
const reports = new Reports({
  shelf: reportShelf,
  tokens,
  told: (match, outcome) => void remedies.told(match, outcome),
  alone: (work) => alone("zufall.reports", work),
});

// The site, as the operator decided, and the consent to its rules.
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

// The socket, the devices, and the connection to the stranger.
const socketUrl = new URL("/ws", location.href);
socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const signaling = new Signaling({
  url: socketUrl.href,
  tokens,
  visitors,
  locale: words.locale,
  pass: () => (app.state.call.meeting ?? app.state.call.leaving)?.pass,
  patient: () => app.state.call.phase === "idle",
  onMessage: (frame) => dispatch({ type: "frame", frame }),
  onLost: () => dispatch({ type: "lost" }),
  onParted: (why) => dispatch({ type: "parted", why }),
});
const media = new Media(
  changed,
  (track, why) => {
    talk.replace(track);
    equipment.replaced(track, why);
    if (why === "lost") toast(words.text(`lost_${track.kind as "audio" | "video"}`, { name: track.label }));
  },
  (kind) => toast(words.text(`gone_${kind}`)),
);
media.choose(settings);
const stage = new StageView(words, media, dispatch);
const equipment = new Equipment({
  media,
  output: stage.remote,
  settings: () => app.state.settings,
  onDevices: (found) => devices.render(found, media, app.state.settings),
});
const devices = new DevicesView(words, () => equipment.flip());
const talk = new Talk({
  socket: signaling,
  media,
  stage,
  onLink: (match, link) => dispatch({ type: "link", match, link }),
  hidden: () => app.state.settings.hideAddress,
});

// The views.
const page = new PageView(words, dispatch);
const reactions = new ReactionsView(words, dispatch);
const chat = new ChatView(words, reactions, dispatch);
const views = [
  page,
  stage,
  new SetupView(words, preferences, media, dispatch),
  chat,
  reactions,
  new PopularView(words, site.popular === true, dispatch),
  new UnconfirmedView(words),
  new RewindView(words, dispatch),
  new BarView(media, dispatch),
  new AdvertisingView(words, site.advertising),
  new LanguageView({ words, store, settled: () => recents.all(), reload: () => location.reload() }),
  new SettingsView(words, site, dispatch),
];
watchOffline(words);

// The check, the curtain, reports and blocks.
const guard = new Late({
  load: async () => {
    const { Guard } = await import("./check/guard");
    return new Guard({
      words,
      on: app.state.settings.check,
      remote: stage.remote,
      local: byId("local"),
      hold: (held) => talk.hold(held),
      flag: ({ pass }) => void reports.flag(pass),
      dispatch,
    });
  },
  loaded: changed,
  failed: (error) => {
    console.info("pictures are not checked:", error.message);
    toast(words.text("check_failed"));
  },
});
const stagehand = new Stagehand({
  mode: () => curtainOf(app.state.settings, site),
  checked: () => app.checked,
  stage: new CurtainView(words, dispatch),
  cover: (covered) => talk.cover(covered),
  lift: () => dispatch({ type: "lift", asked: false }),
});
const remedies = new Remedies(
  { words, tokens, blocks, reports, recents },
  {
    look: () => pictureOf(stage.remote, stagehand.seen),
    meeting: () => app.state.call.meeting,
    block: (match, pass) => dispatch({ type: "block", match, pass }),
    changed,
  },
);

// The parts that only few need, or nobody before a stranger is met.
const inCall = new Late({
  load: async () => {
    const { InCall } = await import("./in-call");
    return new InCall({ words, media, talk, stage, dispatch });
  },
  loaded: changed,
  failed: (error) => {
    // The call goes on, as the browser alone thinks best.
    console.info("what a call needs was not loaded:", error.name);
    setTimeout(() => inCall.again(), RETRY_MS);
  },
});
const banishment = new Late({
  load: async () => {
    const { Banishment } = await import("./ban/banishment");
    return new Banishment({ words, notices, appeals: new Appeals(), tokens }, dispatch);
  },
  loaded: changed,
  failed: (error) => {
    console.info("the notice of a ban was not loaded:", error.name);
    setTimeout(() => {
      banishment.again();
      changed();
    }, RETRY_MS);
  },
});

const app = new App({
  words,
  store,
  preferences,
  settings,
  consent,
  notices,
  lateSite,
  media,
  equipment,
  talk,
  effects: new EffectRunner({ words, signaling, talk, guard, remedies, blocks, reports, chat }),
  remedies,
  recents,
  readiness: new Readiness({
    store: tab,
    ready: () => dispatch({ type: "ready" }),
    rest: () => dispatch({ type: "rest" }),
    taken: () => {
      signaling.disconnect();
      dispatch({ type: "parted", why: "elsewhere" });
    },
  }),
  stagehand,
  views,
  page,
  attention: new AttentionView(),
  guard,
  inCall,
  banishment,
});
equipment.watch();
watchNetwork({
  gone: () => signaling.abandon(),
  renewed: () => talk.networkChanged(),
  shown: () => signaling.hurry(),
});
addEventListener("online", () => void reports.retry());
app.begin();
if (!said) lateSite.begin();
visitors.tidy();
void keepShell(navigator.serviceWorker);
void recents.all(); // which forgets those who are too old
void moveReports(store, reportShelf, tokens.present()).then(() => reports.retry());
