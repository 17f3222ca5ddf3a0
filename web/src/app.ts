// The loop of the page: an event goes in, the call machine answers, its effects are run, and everything is drawn.

import type { Banishment } from "./ban/banishment";
import type { BanNotices } from "./ban/notice";
import type { Guard } from "./check/guard";
import { begin, step, timerAt } from "./core/call";
import type { Call, Happening, Phase, Wish } from "./core/call/state";
import { type Checked, UNCHECKED } from "./core/curtain";
import type { Stagehand } from "./curtain/stagehand";
import type { Equipment } from "./devices/equipment";
import type { Media } from "./devices/media";
import type { EffectRunner } from "./effect-runner";
import type { InCall } from "./in-call";
import type { Words } from "./language/i18n";
import type { Late } from "./late";
import type { PageEvent, PageState, View } from "./page-state";
import { type Preferences, savePreferences } from "./preferences";
import type { Recents } from "./remedies/recents";
import type { Remedies } from "./remedies/remedies";
import { type Settings, saveSettings } from "./settings";
import type { Readiness } from "./signaling/readiness";
import type { Consent } from "./site/consent";
import type { LateSite } from "./site/late";
import type { Talk } from "./talk";
import type { AttentionView } from "./view/attention";
import { sayCheckState } from "./view/check-state";
import type { PageView } from "./view/page";

export interface AppParts {
  words: Words;
  store: Pick<Storage, "setItem">;
  preferences: Preferences;
  settings: Settings;
  consent: Consent;
  notices: BanNotices;
  /** Finds out what the site could not say. */
  lateSite: Pick<LateSite, "waits" | "hurry">;
  media: Media;
  equipment: Equipment;
  talk: Talk;
  effects: EffectRunner;
  remedies: Pick<Remedies, "afterthought" | "report">;
  recents: Pick<Recents, "change">;
  readiness: Readiness;
  stagehand: Stagehand;
  /** In the order in which they are drawn. */
  views: readonly View[];
  page: PageView;
  attention: AttentionView;
  guard: Late<Guard>;
  inCall: Late<InCall>;
  banishment: Late<Banishment>;
}

export class App {
  private call: Call;
  private preferences: Preferences;
  private settings: Settings;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: AppParts) {
    const { consent, notices, preferences, settings } = parts;
    this.call = begin(consent.given, notices.current());
    this.preferences = preferences;
    this.settings = settings;
  }

  get state(): PageState {
    const { call, preferences, settings } = this;
    return { call, preferences, settings, afterthought: this.parts.remedies.afterthought };
  }

  /** The check on this device says this; before it is needed it is not loaded. */
  get checked(): Checked {
    const unloaded: Checked = this.settings.check ? { ...UNCHECKED, state: "idle" } : UNCHECKED;
    return this.parts.guard.part?.checked ?? unloaded;
  }

  begin(): void {
    this.render();
    if (this.call.phase === "idle") this.prepare();
  }

  dispatch(event: PageEvent): void {
    const { consent, media, page } = this.parts;
    switch (event.type) {
      case "agreed":
        consent.give();
        this.happen(event);
        break;
      case "start":
        void this.start(event.wish);
        break;
      case "prefer":
        this.prefer(event.change);
        break;
      case "set":
        this.set(event.change);
        break;
      case "retry_media":
        void media.use(this.preferences.mode);
        break;
      case "mute":
        media.toggleMute();
        break;
      case "camera":
        media.toggleCamera();
        break;
      case "report":
        this.parts.remedies.report(event.whom, event.reason);
        break;
      case "focus_lost":
        page.focus(this.call);
        break;
      case "changed":
        this.render();
        break;
      default:
        this.happen(event);
    }
  }

  /** Asks again for consent to the rules that hold now, as soon as that ends no meeting. */
  askAnew(): void {
    const { phase, meeting } = this.call;
    if (this.parts.consent.given || meeting || phase === "consent" || phase === "banned") return;
    this.happen({ type: "unagreed" });
  }

  private happen(happening: Happening): void {
    const { effects, recents } = this.parts;
    const before = this.call;
    const [call, asked] = step(before, happening, performance.now());
    this.call = call;
    for (const effect of asked) effects.run(effect, before.meeting);
    this.setTimer();
    if (call.phase !== before.phase) this.entered(call.phase, before.phase);
    if (call.meeting && call.meeting !== before.meeting) recents.change(call.meeting);
    this.render();
    this.askAnew();
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const at = timerAt(this.call);
    if (at === undefined) return;
    this.timer = setTimeout(() => this.happen({ type: "timer" }), Math.max(0, at - performance.now()));
  }

  /** Switches the devices off for somebody who may not meet anybody, and makes ready when that is over. */
  private entered(phase: Phase, before: Phase): void {
    if (isShut(phase)) void this.parts.media.use("text");
    else if (isShut(before)) this.prepare();
  }

  /** Makes ready before Start what a call needs. */
  private prepare(): void {
    void this.parts.media.use(this.preferences.mode);
    this.parts.readiness.begin();
  }

  private async start(wish: Wish): Promise<void> {
    const { lateSite, media, readiness } = this.parts;
    if (!media.suits(wish.mode)) return;
    if (lateSite.waits) await lateSite.hurry();
    if (this.call.phase !== "idle") return; // there are rules that were not shown
    readiness.take();
    this.happen({ type: "start", wish });
  }

  private prefer(change: Partial<Preferences>): void {
    const before = this.preferences;
    this.preferences = { ...before, ...change };
    savePreferences(this.parts.store, this.preferences);
    if (this.preferences.mode !== before.mode) void this.parts.media.use(this.preferences.mode);
    this.render();
  }

  private set(change: Partial<Settings>): void {
    const before = this.settings;
    this.settings = { ...before, ...change };
    saveSettings(this.parts.store, this.settings);
    void this.parts.equipment.chosen(before, this.settings);
    this.render();
  }

  /** Gives each part the state as it is by then, for a part that is drawn may make something happen. */
  private render(): void {
    const { words, views, stagehand, media, talk, equipment, guard, inCall, banishment, page, attention } =
      this.parts;
    for (const view of views) view.render(this.state);
    stagehand.tend(this.call);
    const { meeting, phase } = this.call;
    if (meeting?.mode === "video") guard.want();
    if (meeting) inCall.want();
    if (phase === "banned") banishment.want();
    guard.part?.tend(this.state);
    sayCheckState(this.checked.state, words);
    if (media.state === "ready") talk.prepare();
    equipment.attend();
    inCall.part?.render(this.state);
    banishment.part?.render(this.state);
    page.welcome(this.call);
    attention.render(this.call);
  }
}

/** Nobody may be met until something else has happened. */
function isShut(phase: Phase): boolean {
  return phase === "consent" || phase === "banned";
}
