// Builds all objects. No other file does.

import { App } from "./app";
import { BanNoticeStore } from "./ban/ban-notice-store";
import { CallMedia } from "./call-media";
import { takeCall } from "./call-return";
import type { Line } from "./core/call/state";
import { CurtainController } from "./curtain-controller";
import { DeviceManager } from "./devices/device-manager";
import { LevelMeter } from "./devices/level-meter";
import { LocalMedia } from "./devices/local-media";
import { watchDevices } from "./devices/watch-devices";
import { EffectRunner } from "./effect-runner";
import { chosenLocale, localeOf } from "./language/locale";
import { type Key, loadTexts } from "./language/texts";
import { translatorFor } from "./language/translator";
import { Lazy, LazyView } from "./lazy";
import type { Dispatch, PageState, View } from "./page-state";
import { poolName } from "./pools/pool-name";
import { loadPreferences } from "./preferences";
import { registerWorker } from "./register-worker";
import { captureFrame } from "./safety/capture-frame";
import { PendingBlocks } from "./safety/pending-blocks";
import { type RecentPartner, RecentPartners } from "./safety/recent-partners";
import { type PendingReport, ReportOutbox } from "./safety/report-outbox";
import { SafetyController } from "./safety/safety-controller";
import { curtainOf, loadSettings } from "./settings";
import { Signaling } from "./signaling";
import { Device } from "./signaling/device";
import { watchNetwork } from "./signaling/network-watch";
import { deleteOldVisitors } from "./signaling/old-visitors";
import { Preconnect } from "./signaling/preconnect";
import { ProofOfWork } from "./signaling/proof-of-work";
import { renewInTime } from "./signaling/token-renewal";
import { TokenStore } from "./signaling/token-store";
import { VisitorStore } from "./signaling/visitor-store";
import { AddressNotice } from "./site/address-notice";
import { ConfigRetry } from "./site/config-retry";
import { agreedBefore, Consent } from "./site/consent";
import { fetchSite, type Site, storedSite } from "./site/site";
import { IndexedDbDeviceKeys, IndexedDbStore } from "./storage/indexed-db";
import { FallbackStore } from "./storage/key-value-store";
import { openStorage } from "./storage/local-storage";
import { onlyOneTab } from "./storage/tab-locks";
import { keepReceipt, ReportReceipts } from "./thanks/report-receipts";
import { BarView } from "./view/bar";
import { brand, showLinks } from "./view/branding";
import { showRules } from "./view/consent";
import { CurtainView } from "./view/curtain";
import { DevicesView } from "./view/devices";
import { byId, translate } from "./view/dom";
import { ignoreHeldEnter } from "./view/held-keys";
import { LanguageView } from "./view/language";
import { toast } from "./view/notifications";
import { watchOffline } from "./view/offline";
import { PageView } from "./view/page";
import { offerRules } from "./view/rules";
import { SetupView } from "./view/setup";
import { StageView } from "./view/stage";
import { UnreadTitleView } from "./view/unread-title";

/** When a part that failed to load is tried again. */
const RETRY_MS = 10_000;

const store = openStorage(() => localStorage);
const tab = openStorage(() => sessionStorage);
byId("consent-card").hidden = agreedBefore(store); // the page shows the rules before its script comes
const locale = chosenLocale(store) ?? localeOf(navigator.languages);
/** Loads what only visitors need who have accepted the rules. Returns whether it came. */
const enter = () =>
  import("./style/after-consent.css").then(
    () => true,
    (error: Error) => {
      console.info("The styles could not be loaded:", error.name);
      return false;
    },
  );
const [texts, said] = await Promise.all([
  loadTexts(locale),
  fetchSite(store),
  agreedBefore(store) ? enter() : undefined,
]);
const site = said ?? storedSite(store);
const translator = translatorFor<Key>(locale, texts, site.name);
const preferences = loadPreferences(store, navigator.languages);
const settings = loadSettings(store);
const dispatch: Dispatch = (event) => app.dispatch(event);
const changed = () => dispatch({ type: "changed" });

// A call that a reload has interrupted.
const returning = takeCall(tab);

// The visitor, and everything that this browser stores.
const device = new Device(new IndexedDbDeviceKeys());
const work = new ProofOfWork(() => toast(translator.text("work_slow")));
const tokens = new TokenStore(tab, Date.now, undefined, device, work);
const visitors = new VisitorStore(store, navigator.locks);
const blocks = new PendingBlocks(store);
const notices = new BanNoticeStore(store);
const recents = new RecentPartners(new FallbackStore<RecentPartner>(new IndexedDbStore("recents")), tokens);
const reports = new ReportOutbox({
  store: new FallbackStore<PendingReport>(new IndexedDbStore("reports")),
  tokens,
  onSettled: (match, outcome) => void safety.showOutcome(match, outcome),
  alone: (work) => onlyOneTab("zufall.reports", work),
  onFiled: (answer) => void keepReceipt(store, answer),
});

// The site's configuration, and the consent to its rules.
const consent = new Consent(store, site);
const show = (site: Site) => {
  brand(site);
  showRules(site, translator, consent.outdated);
  showLinks(site, translator.text("link_elsewhere"));
};
const configRetry = new ConfigRetry({
  ask: () => fetchSite(store),
  onFound: (site) => {
    consent.setRules(site);
    show(site);
    app.askForConsentAgain();
  },
});
translate(translator);
show(site);
ignoreHeldEnter();

// The socket, the devices, and the media of the call.
const socketUrl = new URL("/ws", location.href);
socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const signaling = new Signaling({
  url: socketUrl.href,
  tokens,
  visitors,
  locale: translator.locale,
  pass: () => (app.state.call.conversation ?? app.state.call.leaving)?.pass,
  patient: () => app.state.call.phase === "idle",
  onMessage: (frame) => dispatch({ type: "frame", frame }),
  onLost: () => dispatch({ type: "connection_lost" }),
  onClosed: (why) => dispatch({ type: "connection_closed", why }),
});
const media = new LocalMedia({
  onChange: changed,
  onReplaced: (track, why) => {
    callMedia.replace(track);
    deviceManager.trackReplaced(track, why);
    if (why === "lost")
      toast(translator.text(`lost_${track.kind as "audio" | "video"}`, { name: track.label }));
  },
  onGone: (kind) => toast(translator.text(`gone_${kind}`)),
  onStillOff: (problem) => toast(translator.text(`media_${problem}`)),
  sent: (track) => {
    if (track.kind === "audio" || !app.state.settings.blur) return undefined;
    return import("./settings-loaded").then(({ blurred }) => blurred(track, { translator, media, dispatch }));
  },
});
media.setChoice(settings);
if (typeof returning === "object") Object.assign(media, returning.devices);
const stage = new StageView(translator, media, dispatch);
const deviceManager = new DeviceManager({
  media,
  output: stage.remote,
  settings: () => app.state.settings,
  onDevices: (found) => devices.render(found, media, app.state.settings),
});
const devices = new DevicesView(translator, () => deviceManager.flip());
const callMedia = new CallMedia({
  signaling,
  media,
  stage,
  onLink: (match, link) => dispatch({ type: "link", match, link }),
  onDevices: (match, on) => dispatch({ type: "partner_devices", match, on }),
  hideAddress: () => app.state.settings.hideAddress,
});

// The views. Those that not everybody needs at once are loaded later, with texts of their own.
const { advertising: url } = site;
const pool = poolName(location.pathname);
const lazyView = <Loaded extends View>(
  what: string,
  wanted: (state: PageState) => unknown,
  load: () => Promise<Loaded>,
) => {
  const onFailed = (error: Error) => console.info(`The ${what} could not be loaded:`, error.name);
  return new LazyView({ load, onLoaded: changed, onFailed }, (state) => Boolean(wanted(state)));
};
const advertising = lazyView(
  "advertisement",
  () => url,
  async () => new (await import("./view/advertising")).AdvertisingView(translator, url ?? ""),
);
const publicStatus = lazyView(
  "public status",
  () => site.status,
  async () => new (await import("./view/public-status")).PublicStatusView(translator, dispatch),
);
const poolView = lazyView(
  "named pool",
  () => pool,
  async () => new (await import("./pools/pool-view")).PoolView(pool ?? "", translator, dispatch),
);
const readiness = lazyView(
  "readiness",
  ({ call }) => call.phase === "idle",
  async () => {
    const { ReadinessView } = await import("./view/readiness");
    return new ReadinessView(translator, media, site, new LevelMeter(), dispatch);
  },
);
const waiting = lazyView(
  "waiting room",
  ({ call }) => call.search,
  async () => {
    const { WaitingView, loadWords } = await import("./view/waiting");
    const people = site.status ? () => publicStatus.value?.people : undefined;
    return new WaitingView(translator, await loadWords(locale), people, media, dispatch);
  },
);
const arrival = lazyView(
  "sound of a match",
  ({ call }) => call.wish,
  async () => {
    const { openArrival } = await import("./arrival/arrival");
    const { locale, site } = translator;
    return openArrival({ locale, site, store, speaker: () => stage.remote.sinkId, dispatch });
  },
);
const entrance = lazyView(
  "meeting of people who know each other",
  ({ call }) => call.phase !== "consent",
  async () => {
    const { Entrance } = await import("./meet/entrance");
    return new Entrance({ translator, tokens, media, stage, safety, state: () => app.state, dispatch });
  },
);
const settingsView = new Lazy({
  load: async () => {
    const { loadSettingsView } = await import("./settings-loaded");
    return loadSettingsView(translator, site, media, dispatch);
  },
  onLoaded: () => {
    changed();
    settingsView.value?.show();
    arrival.load();
  },
  onFailed: (error) => {
    console.info("The settings could not be loaded:", error.name);
    toast(translator.text("unreached"));
    settingsView.allowRetry(); // with the next press
  },
});
for (const open of document.querySelectorAll<HTMLElement>("button.settings")) {
  open.onclick = () => settingsView.load();
}
offerRules();
const page = new PageView(translator, dispatch, enter);
const appeared = (line: Line, item: HTMLElement) => callExtras.value?.reactions.appeared(line, item);
/** It comes with the first search, so that it is there when somebody is met. */
const chat = new LazyView(
  {
    load: async () => new (await import("./view/chat")).ChatView(translator, appeared, dispatch),
    onLoaded: changed,
    onFailed: (error) => {
      console.info("The chat could not be loaded:", error.name);
      setTimeout(() => {
        chat.allowRetry();
        changed();
      }, RETRY_MS);
    },
  },
  ({ call }) => call.search !== undefined || call.conversation !== undefined,
);
let keptOffline = false;
const views: View[] = [
  page,
  {
    render: ({ call }: PageState) => {
      if (keptOffline || call.phase === "consent") return; // who does not accept the rules keeps nothing
      keptOffline = true;
      void registerWorker(navigator.serviceWorker, tab, (reload) => app.replaceWhenIdle(reload));
    },
  },
  stage,
  new SetupView(translator, preferences, media, new AddressNotice(store, site), dispatch),
  poolView, // after the form, whose Start it may close
  readiness,
  chat,
  publicStatus,
  waiting,
  new BarView(media, dispatch),
  advertising,
  entrance,
  new LanguageView({ translator, store, settled: () => recents.all(), reload: () => location.reload() }),
  arrival,
  { render: (state: PageState) => settingsView.value?.render(state) },
];
watchOffline(translator);

// The check, the curtain, reports and blocks.
const nudityGuard = new Lazy({
  load: async () => {
    const { NudityGuard } = await import("./check/nudity-guard");
    return new NudityGuard({
      translator,
      on: app.state.settings.check,
      remote: stage.remote,
      local: byId("local"),
      hold: (held) => callMedia.holdBack(held),
      flag: ({ pass }) => void reports.flag(pass, "nudity"),
      dispatch,
    });
  },
  onLoaded: changed,
  onFailed: (error) => {
    console.info("Pictures are not checked:", error.message);
    // Before a call there is nothing to warn of, and it is tried again with the first stranger.
    if (app.state.call.conversation) toast(translator.text("check_failed"));
  },
});
const curtainView = new CurtainView(translator, dispatch);
const curtain = new CurtainController({
  mode: () => curtainOf(app.state.settings, site),
  checked: () => app.checked,
  visible: () => callExtras.value?.partnerPicture.visible ?? false,
  stage: curtainView,
  send: (sends) => callMedia.setCurtain(sends),
  lift: () => dispatch({ type: "lift_curtain", asked: false }),
});
const safety = new SafetyController(
  { translator, tokens, blocks, reports, recents },
  {
    capture: () => captureFrame(stage.remote, curtain.seen),
    conversation: () => app.state.call.conversation,
    block: (match, pass) => dispatch({ type: "block", match, pass }),
    offerFor: (entry) => entrance.value?.offerFor(entry) ?? [],
    changed,
  },
);

// Parts that only some visitors need, or nobody before the first match.
const callExtras = new Lazy({
  load: async () => {
    const { CallExtras } = await import("./call-extras");
    const longest = () => curtainView.longest();
    const flag = (pass: string) => void reports.flag(pass, "spam");
    const tellRoute = (match: string, relay: boolean) => signaling.tellRoute(match, relay);
    const { installation } = readiness.value ?? {};
    const found = { translator, store, installation, tab, site, media, callMedia, stage };
    return new CallExtras({ ...found, longest, flag, tellRoute, frames: safety.frames, dispatch });
  },
  onLoaded: changed,
  onFailed: (error) => {
    // The call goes on without them.
    console.info("The extras of a call could not be loaded:", error.name);
    setTimeout(() => callExtras.allowRetry(), RETRY_MS);
  },
});
const banController = new Lazy({
  load: async () => {
    const { AppealsClient, BanController } = await import("./ban/ban-controller");
    return new BanController({ translator, notices, appeals: new AppealsClient(), tokens }, dispatch);
  },
  onLoaded: changed,
  onFailed: (error) => {
    console.info("The notice of a ban could not be loaded:", error.name);
    setTimeout(() => {
      banController.allowRetry();
      changed();
    }, RETRY_MS);
  },
});

const app = new App({
  translator,
  store,
  preferences,
  settings,
  consent,
  notices,
  returning: typeof returning === "object" ? returning.call : undefined,
  pool,
  configRetry,
  media,
  deviceManager,
  callMedia,
  effects: new EffectRunner({ translator, signaling, callMedia, nudityGuard, safety, blocks, reports, chat }),
  safety,
  recents,
  preconnect: new Preconnect({
    store: tab,
    onReady: () => dispatch({ type: "may_connect" }),
    onIdle: () => dispatch({ type: "idle_too_long" }),
    onTaken: () => {
      signaling.disconnect();
      dispatch({ type: "connection_closed", why: "elsewhere" });
    },
  }),
  curtain,
  views,
  page,
  unreadTitle: new UnreadTitleView(),
  nudityGuard,
  savesData: (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true,
  callExtras,
  banController,
});
deviceManager.watch();
watchNetwork({
  onGone: () => signaling.abandon(),
  onRenewed: () => callMedia.networkChanged(),
  onShown: () => signaling.hurry(),
});
addEventListener("online", () => void reports.retry());
app.begin();
if (returning === "late") toast(translator.text("notice_too_late"));
if (app.state.call.phase === "consent") tokens.prepare(); // while the visitor reads the rules
if (!said) configRetry.start();
renewInTime(tokens);
watchDevices(dispatch);
// The answer comes from a gateway, so whoever is offline hears of it at the next visit.
if (navigator.onLine && new ReportReceipts(store).all().length > 0) {
  import("./thanks/report-thanks").then(
    ({ thankReporter }) => thankReporter(store, translator),
    (error: Error) => console.info(error.message),
  );
}
deleteOldVisitors(store);
void recents.all(); // this also deletes the old ones
void reports.retry();
