// Joins the call machine to the socket, the peer, the camera and the views.

import { Apparatus } from "./apparatus";
import { Banishment, type BanishmentParts } from "./ban/banishment";
import { begin, step } from "./call";
import type { Call, Happening } from "./call/state";
import { GuardPost } from "./check/post";
import { Stagehand } from "./curtain/stagehand";
import { Media } from "./devices/media";
import type { Words } from "./language/i18n";
import { Performer } from "./performer";
import * as preferences from "./preferences";
import { pictureOf } from "./remedies/picture";
import { Remedies, type RemediesParts } from "./remedies/remedies";
import type { Outcome } from "./remedies/reports";
import { Scene } from "./scene";
import { curtainOf, loadSettings, type Settings, saveSettings } from "./settings";
import { Signaling } from "./signaling";
import { watchNetwork } from "./signaling/network";
import { Readiness } from "./signaling/readiness";
import type { Tokens } from "./signaling/tokens";
import type { Consent } from "./site/consent";
import type { LateSite } from "./site/late";
import type { Site } from "./site/site";
import { Talk } from "./talk";
import { renderTools, wireBar } from "./view/bar";
import { byId } from "./view/dom";
import { toast } from "./view/notices";

export interface AppParts extends RemediesParts, BanishmentParts {
  words: Words;
  site: Site;
  consent: Consent;
  /** Finds out what `site` could not know. */
  lateSite: Pick<LateSite, "waits" | "hurry">;
  store: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  tab: Pick<Storage, "getItem" | "setItem">;
  tokens: Tokens;
  socketUrl: string;
}

export class App {
  private call: Call;
  private wish: preferences.Preferences;
  private settings: Settings;
  private readonly media = new Media(
    () => this.renderMedia(),
    (track, why) => this.apparatus.replaced(track, why),
    (kind) => toast(this.parts.words.text(`gone_${kind}`)),
  );
  private readonly signaling: Signaling;
  private readonly scene: Scene;
  private readonly talk: Talk;
  private readonly apparatus: Apparatus;
  private readonly guard: GuardPost;
  private readonly stagehand: Stagehand;
  private readonly remedies: Remedies;
  private readonly performer: Performer;
  private readonly banishment: Banishment;
  private readonly readiness: Readiness;

  constructor(private readonly parts: AppParts) {
    const { words, store } = parts;
    this.call = begin(parts.consent.given, parts.notices.current());
    this.wish = preferences.loadPreferences(store, navigator.languages);
    this.settings = loadSettings(store);
    this.signaling = new Signaling({
      url: parts.socketUrl,
      tokens: parts.tokens,
      locale: words.locale,
      pass: () => (this.call.meeting ?? this.call.leaving)?.pass,
      patient: () => this.call.phase === "idle",
      onMessage: (frame) => this.happen({ type: "frame", frame }),
      onLost: () => this.happen({ type: "lost" }),
      onParted: (why) => this.happen({ type: "parted", why }),
    });
    this.scene = this.newScene();
    const { settings, media, signaling } = this;
    const { stage, curtain } = this.scene;
    const changed = () => this.render();
    this.talk = new Talk({
      socket: signaling,
      media,
      stage,
      onLink: (match, link) => this.happen({ type: "link", match, link }),
      hidden: () => this.settings.hideAddress,
    });
    this.apparatus = new Apparatus({ words, settings, media, talk: this.talk, stage, changed });
    this.guard = new GuardPost({
      words,
      on: settings.check,
      remote: stage.remote,
      local: byId("local"),
      hold: (held) => this.talk.hold(held),
      report: () => this.remedies.reportAtOnce("nudity"),
      flag: ({ pass }) => void parts.reports.flag(pass),
      changed,
    });
    this.stagehand = new Stagehand({
      mode: () => curtainOf(this.settings, parts.site),
      checked: () => this.guard.checked,
      stage: curtain,
      cover: (covered) => this.talk.cover(covered),
      lift: () => this.happen({ type: "lift", asked: false }),
    });
    this.remedies = new Remedies(parts, {
      look: () => pictureOf(stage.remote, this.stagehand.seen),
      meeting: () => this.call.meeting,
      block: (match, pass) => this.happen({ type: "block", match, pass }),
      changed,
    });
    const { talk, guard, remedies } = this;
    this.performer = new Performer({ ...parts, signaling, talk, guard, remedies, chat: this.scene.chat });
    this.banishment = new Banishment(parts, () => this.lifted());
    this.readiness = new Readiness({
      store: parts.tab,
      ready: () => this.happen({ type: "ready" }),
      rest: () => this.happen({ type: "rest" }),
    });
  }

  private newScene(): Scene {
    const { words, site, store, recents } = this.parts;
    const { wish, settings } = this;
    const parts = { words, site, store, wish, settings, settled: () => recents.all() };
    return new Scene(parts, {
      happen: (happening) => this.happen(happening),
      agree: () => this.agree(),
      start: () => void this.start(),
      say: (text) => this.happen({ type: "say", text, id: randomId() }),
      wished: (changed) => this.wished(changed),
      set: (changed) => this.set(changed),
      retryMedia: () => void this.media.use(this.wish.mode),
      afterthought: () => this.remedies.reportLast(),
      changed: () => this.render(),
    });
  }

  run(): void {
    wireBar(
      {
        next: () => this.happen({ type: "next" }),
        stop: () => this.happen({ type: "stop" }),
        report: () => this.remedies.reportCurrent(),
        toggleMute: () => this.media.toggleMute(),
        toggleCamera: () => this.media.toggleCamera(),
      },
      () => this.call.meeting !== undefined && !document.querySelector("dialog[open]"),
    );
    watchNetwork({
      gone: () => this.signaling.abandon(),
      renewed: () => this.talk.networkChanged(),
      shown: () => this.signaling.hurry(),
    });
    addEventListener("online", () => void this.parts.reports.retry());
    this.render();
    if (this.call.phase === "idle") this.idle();
    if (this.call.phase === "banned") this.banishment.begin(this.call.ban);
  }

  /** What became of a report that had been kept. */
  reportTold(match: string, outcome: Outcome): void {
    void this.remedies.told(match, outcome);
  }

  /** Whoever has not agreed to the rules that hold now is asked as soon as that ends no meeting. */
  askAnew(): void {
    const { phase, meeting } = this.call;
    if (this.parts.consent.given || meeting || phase === "consent" || phase === "banned") return;
    void this.media.use("text");
    this.happen({ type: "unagreed" });
  }

  private happen(happening: Happening): void {
    const before = this.call;
    const [call, effects] = step(before, happening, performance.now());
    this.call = call;
    for (const effect of effects) this.performer.perform(effect, before.meeting);
    if (call.phase === "banned") this.banned(before);
    if (call.meeting && call.meeting !== before.meeting) this.remedies.changed(call.meeting);
    this.render();
    this.askAnew();
  }

  private agree(): void {
    this.parts.consent.give();
    this.happen({ type: "agreed" });
    this.idle();
  }

  /** What a call needs is made ready before Start. */
  private idle(): void {
    void this.media.use(this.wish.mode);
    this.readiness.begin();
  }

  private wished(wish: preferences.Preferences): void {
    const changed = wish.mode !== this.wish.mode;
    this.wish = wish;
    preferences.savePreferences(this.parts.store, wish);
    if (changed) void this.media.use(wish.mode);
    this.render();
  }

  private set(settings: Settings): void {
    this.settings = settings;
    saveSettings(this.parts.store, settings);
    this.apparatus.set(settings);
    this.guard.use(settings.check);
    this.render();
  }

  private async start(): Promise<void> {
    if (!this.mayStart()) return;
    const { lateSite } = this.parts;
    if (lateSite.waits) await lateSite.hurry();
    if (this.call.phase !== "idle") return; // there are rules that were not shown
    this.readiness.take();
    this.happen({ type: "start", wish: preferences.wishOf(this.wish) });
  }

  private mayStart(): boolean {
    return this.wish.mode === "text" || this.media.state === "ready";
  }

  private banned(before: Call): void {
    if (before.phase !== "banned") void this.media.use("text");
    if (before.phase !== "banned" || before.ban !== this.call.ban) this.banishment.begin(this.call.ban);
  }

  private lifted(): void {
    this.happen({ type: "lifted" });
    if (this.call.phase === "idle") this.idle();
  }

  private renderMedia(): void {
    this.scene.stage.media(this.media, this.wish.mode, this.call.phase);
    this.guard.attend();
    renderTools(this.media);
    if (this.media.state === "ready") this.talk.prepare();
    this.apparatus.render(this.call);
    byId<HTMLButtonElement>("start").disabled = !this.mayStart();
  }

  private render(): void {
    this.scene.render(this.call, this.wish, this.remedies.afterthought);
    this.stagehand.tend(this.call);
    this.renderMedia();
    this.scene.welcome(this.call);
  }
}

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
}
