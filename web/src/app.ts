// The main loop of the page: an event comes in, the state machine answers, its effects run, and all views
// render.

import type { BanController } from "./ban/ban-controller";
import type { BanNoticeStore } from "./ban/ban-notice-store";
import type { CallExtras } from "./call-extras";
import type { CallMedia } from "./call-media";
import type { NudityGuard } from "./check/nudity-guard";
import { begin, step, timerAt } from "./core/call";
import type { Call, CallEvent, Conversation, Phase } from "./core/call/state";
import { isBeforeCall } from "./core/call/transitions";
import { isAbove, myMode } from "./core/call/wanted-mode";
import { type Checked, UNCHECKED } from "./core/curtain";
import type { CurtainController } from "./curtain-controller";
import type { DeviceManager } from "./devices/device-manager";
import type { LocalMedia } from "./devices/local-media";
import type { EffectRunner } from "./effect-runner";
import type { PageTranslator } from "./language/texts";
import type { Lazy } from "./lazy";
import type { Mode } from "./messages.generated";
import type { PageEvent, PageState, View } from "./page-state";
import { type Preferences, savePreferences } from "./preferences";
import { endingOf } from "./safety/call-ending";
import type { RecentPartners } from "./safety/recent-partners";
import type { SafetyController } from "./safety/safety-controller";
import { type Settings, saveSettings } from "./settings";
import type { Preconnect } from "./signaling/preconnect";
import type { ConfigRetry } from "./site/config-retry";
import type { Consent } from "./site/consent";
import { showCheckStatus } from "./view/check-status";
import { toast } from "./view/notifications";
import type { PageView } from "./view/page";
import { troubleOf } from "./view/stage";
import type { UnreadTitleView } from "./view/unread-title";

export interface AppParts {
  translator: PageTranslator;
  store: Pick<Storage, "getItem" | "setItem">;
  preferences: Preferences;
  settings: Settings;
  consent: Consent;
  notices: BanNoticeStore;
  /** A call that a reload has interrupted. */
  returning?: Partial<Call> | undefined;
  /** The named pool whose page this is. */
  pool?: string | undefined;
  /** Fetches the site's configuration if that failed at the start. */
  configRetry: Pick<ConfigRetry, "pending" | "retryNow">;
  media: LocalMedia;
  deviceManager: DeviceManager;
  callMedia: CallMedia;
  effects: EffectRunner;
  safety: Pick<SafetyController, "canReportLast" | "report">;
  recents: Pick<RecentPartners, "change">;
  preconnect: Preconnect;
  curtain: CurtainController;
  /** The views render in this order. */
  views: readonly View[];
  page: PageView;
  unreadTitle: UnreadTitleView;
  nudityGuard: Lazy<NudityGuard>;
  /** Whether the visitor asked for less traffic, so that the check is loaded only with a video call. */
  savesData: boolean;
  callExtras: Lazy<CallExtras>;
  banController: Lazy<BanController>;
}

export class App {
  private call: Call;
  private preferences: Preferences;
  private settings: Settings;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private replace: (() => void) | undefined;
  /** The mode whose devices are being opened, before the stranger is told. */
  private opening: Mode | undefined;

  constructor(private readonly parts: AppParts) {
    const { consent, notices, preferences, settings, returning } = parts;
    const call = begin(consent.given, notices.current());
    this.call = call.phase === "idle" ? { ...call, ...returning } : call;
    this.preferences = preferences;
    this.settings = settings;
  }

  get state(): PageState {
    const { call, preferences, settings } = this;
    const { safety, callExtras } = this.parts;
    const { canReportLast } = safety;
    const { state, mine } = this.checked;
    return {
      call,
      preferences,
      settings,
      canReportLast,
      fault: callExtras.value?.partnerPicture.told,
      checkedMine: state === "ready" && mine === "fine",
    };
  }

  /** What the picture check says. The check is loaded only when it is needed. */
  get checked(): Checked {
    const unloaded: Checked = this.settings.check ? { ...UNCHECKED, state: "idle" } : UNCHECKED;
    return this.parts.nudityGuard.value?.checked ?? unloaded;
  }

  begin(): void {
    this.render();
    const { phase, conversation } = this.call;
    if (phase === "idle") this.prepare();
    else if (conversation) this.goOn(conversation);
  }

  /** Opens the devices and the socket for a call that a reload has interrupted. */
  private goOn(conversation: Conversation): void {
    void this.parts.media.use(myMode(conversation));
    this.parts.preconnect.goOn();
    this.setTimer();
  }

  dispatch(event: PageEvent): void {
    const { consent, media, page } = this.parts;
    switch (event.type) {
      case "agreed":
        consent.give();
        this.apply(event);
        break;
      case "start":
        void this.start(event);
        break;
      case "change_preferences":
        this.changePreferences(event.change);
        break;
      case "change_settings":
        this.changeSettings(event.change);
        break;
      case "want_mode":
        void this.wantMode(event);
        break;
      case "decline_mode":
        this.opening = undefined;
        this.apply(event);
        this.releaseDevices();
        break;
      case "retry_media":
        void media.use(this.preferences.mode);
        break;
      case "go_on_without_microphone":
        void media.goOnWithoutMicrophone();
        break;
      case "permitted":
        void media.permitted(event.kind);
        break;
      case "unwatched":
        if (this.call.phase === "idle") void media.use("text");
        break;
      case "watched":
        this.takeDevicesBack();
        break;
      case "mute":
        media.toggleMute();
        break;
      case "camera":
        void media.toggleCamera();
        break;
      case "report":
        this.parts.safety.report(event.whom, event.reason);
        break;
      case "focus_lost":
        page.focus(this.call);
        break;
      case "changed":
        this.render();
        break;
      default:
        this.apply(event);
    }
  }

  /** Asks for consent to the current rules again, as soon as this does not end a conversation. */
  askForConsentAgain(): void {
    const { phase, conversation } = this.call;
    if (this.parts.consent.given || conversation || phase === "consent" || phase === "banned") return;
    if (phase === "over") return; // the visitor may still read what was written
    this.apply({ type: "consent_outdated" });
  }

  /** Calls `replace`, which loads a newer page, as soon as this ends no search and no conversation. */
  replaceWhenIdle(replace: () => void): void {
    this.replace = replace;
    this.replaceIfIdle();
  }

  private replaceIfIdle(): void {
    const { phase, conversation } = this.call;
    if (conversation || phase === "searching" || phase === "over" || phase === "reconnecting") return;
    this.replace?.();
  }

  private apply(event: CallEvent): void {
    const { effects, recents } = this.parts;
    const before = this.call;
    const [call, asked] = step(before, event, performance.now());
    this.call = call;
    for (const effect of asked) effects.run(effect, before.conversation, endingOf(before, call));
    this.setTimer();
    if (call.phase !== before.phase) this.phaseChanged(call.phase, before.phase);
    if (before.conversation && needsOtherDevices(before.conversation, call.conversation)) {
      this.opening = undefined;
      this.releaseDevices();
    }
    if (call.conversation && call.conversation !== before.conversation) recents.change(call.conversation);
    this.render();
    this.askForConsentAgain();
    this.replaceIfIdle();
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const at = timerAt(this.call);
    if (at === undefined) return;
    this.timer = setTimeout(() => this.apply({ type: "timer" }), Math.max(0, at - performance.now()));
  }

  /** Turns the devices off while the visitor may not meet anybody, and prepares a call when that is over. */
  private phaseChanged(phase: Phase, before: Phase): void {
    if (mayNotMeet(phase)) void this.parts.media.use("text");
    else if (mayNotMeet(before)) this.prepare();
  }

  /** The stranger is told when the devices are there, so that nobody agrees to what does not work. */
  private async wantMode(event: Extract<CallEvent, { type: "want_mode" }>): Promise<void> {
    const { media, translator } = this.parts;
    const { match, mode } = event;
    const { conversation } = this.call;
    this.opening = conversation && isAbove(mode, myMode(conversation)) ? mode : undefined;
    if (!this.opening) return this.apply(event);
    const faults = await media.switchTo(mode);
    const isWanted = this.opening === mode && this.call.conversation?.match === match;
    if (isWanted) this.opening = undefined;
    const opened = media.mode === mode && media.suits(mode);
    if (isWanted && opened) return this.apply(event);
    this.releaseDevices();
    const problem = faults.video ?? faults.audio;
    const key = isWanted && problem && troubleOf(problem, faults, mode);
    if (key) toast(translator.text(key));
  }

  /** Turns off what the visitor does not need any more, after they have gone further than their wish. */
  private releaseDevices(): void {
    const { conversation, phase } = this.call;
    const needed = conversation ? (this.opening ?? myMode(conversation)) : this.preferences.mode;
    if (!mayNotMeet(phase)) void this.parts.media.switchTo(needed);
  }

  private takeDevicesBack(): void {
    const { media } = this.parts;
    const { mode } = this.preferences;
    if (this.call.phase === "idle" && media.mode !== mode) void media.use(mode);
  }

  /** Prepares, before Start, what a call needs. */
  private prepare(): void {
    void this.parts.media.use(this.preferences.mode);
    this.parts.preconnect.allow();
  }

  private async start(event: Extract<CallEvent, { type: "start" }>): Promise<void> {
    const { configRetry, media, preconnect, pool } = this.parts;
    if (!media.suits(event.wish.mode)) return;
    if (configRetry.pending) await configRetry.retryNow();
    if (this.call.phase !== "idle") return; // the visitor has not seen these rules yet
    preconnect.takeOver();
    this.apply(pool ? { ...event, wish: { ...event.wish, pool } } : event);
  }

  private changePreferences(change: Partial<Preferences>): void {
    const before = this.preferences;
    this.preferences = { ...before, ...change };
    savePreferences(this.parts.store, change);
    if (this.preferences.mode !== before.mode) void this.parts.media.use(this.preferences.mode);
    this.render();
  }

  private changeSettings(change: Partial<Settings>): void {
    const before = this.settings;
    this.settings = { ...before, ...change };
    saveSettings(this.parts.store, change);
    void this.parts.deviceManager.settingsChanged(before, this.settings);
    this.render();
  }

  /** Returns whether the check may be loaded already, because a video call with this camera may follow. */
  private canPreview(): boolean {
    const { media, savesData } = this.parts;
    if (savesData || !this.settings.check || !isBeforeCall(this.call.phase)) return false;
    return this.preferences.mode === "video" && media.state === "ready";
  }

  /** Renders every view. Each view gets the newest state, because rendering one may change the state. */
  private render(): void {
    const {
      translator,
      views,
      curtain,
      media,
      callMedia,
      deviceManager,
      nudityGuard,
      callExtras,
      banController,
      page,
      unreadTitle,
    } = this.parts;
    callExtras.value?.look(this.call); // before the curtain, which depends on it
    for (const view of views) view.render(this.state);
    const { conversation, phase } = this.call;
    if (conversation?.mode === "video" || this.canPreview()) nudityGuard.load();
    if (conversation) callExtras.load();
    if (phase === "banned") banController.load();
    nudityGuard.value?.update(this.state); // before the curtain, for an old result must not lift it
    curtain.update(this.call);
    showCheckStatus(this.checked.state, translator);
    if (media.state === "ready") callMedia.prepareConnection();
    deviceManager.update();
    callExtras.value?.render(this.state);
    banController.value?.render(this.state);
    page.announcePhase(this.call);
    unreadTitle.render(this.call);
  }
}

/** Returns whether the conversation is over, or I go as far as another mode in it. */
function needsOtherDevices(before: Conversation, after: Conversation | undefined): boolean {
  return before.match !== after?.match || myMode(before) !== myMode(after);
}

/** Returns whether the visitor may not meet anybody in this phase. */
function mayNotMeet(phase: Phase): boolean {
  return phase === "consent" || phase === "banned";
}
