// Everything that only a call needs, or what comes after it: reactions, the watch of the stranger's picture, quality
// control, extra windows, recovery after interruptions, lines that may not have arrived, and the way back. It is loaded
// with the first call.

import { CallKeeper } from "./call-keeper";
import type { CallMedia } from "./call-media";
import type { Call, Conversation } from "./core/call/state";
import type { PartnerPicture } from "./core/partner-picture";
import { CLEAR, type Ladder, type Rung, SIGNING } from "./core/quality/ladder";
import type { QualityVerdict } from "./core/quality/quality-label";
import { Interruptions } from "./devices/interruptions";
import type { LocalMedia } from "./devices/local-media";
import { AppBadge } from "./install/app-badge";
import { InstallOffer } from "./install/install-offer";
import type { KeptPrompt } from "./install/kept-prompt";
import type { PageTranslator } from "./language/texts";
import { Lazy, LazyView } from "./lazy";
import type { Dispatch, PageState, View } from "./page-state";
import { PartnerPictureWatch } from "./partner-picture-watch";
import { QualityMonitor } from "./quality/quality-monitor";
import type { RecentFrames } from "./safety/recent-frames";
import { SafetyEmoji } from "./safety-emoji/safety-emoji";
import { LoadedSelfView } from "./self-view/loaded-self-view";
import { LifeSigns } from "./signs/life-signs";
import type { Site } from "./site/site";
import { SwipeNext } from "./swipe/swipe-next";
import { Together } from "./together";
import type { Understanding } from "./understanding/understanding";
import { setUpFullScreen } from "./view/full-screen";
import { watchKeyboard } from "./view/keyboard";
import { LeaveGuard } from "./view/leave-guard";
import { toast } from "./view/notifications";
import { OverView } from "./view/over";
import { PartnerSoundView } from "./view/partner-sound";
import { type PictureInPicture, pictureInPicture } from "./view/picture-in-picture";
import { QualityView } from "./view/quality";
import { ReactionsView } from "./view/reactions";
import { RewindView } from "./view/rewind";
import type { StageView } from "./view/stage";
import { UnconfirmedView } from "./view/unconfirmed";
import "./style/after-match.css";

/** An audio call has no picture to make smaller. */
const VOICE: Ladder = [CLEAR[0]];

export interface CallExtrasParts {
  translator: PageTranslator;
  /** The storage of this browser. */
  store: Pick<Storage, "getItem" | "setItem">;
  installation: KeptPrompt | undefined;
  /** The storage of this tab. */
  tab: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  site: Site;
  media: LocalMedia;
  callMedia: CallMedia;
  stage: StageView;
  /** Returns the longer side of the stranger's picture, or 0 before it plays. */
  longest: () => number;
  /** Tells the moderators that the picture of the match with this pass never changed. */
  flag: (pass: string) => void;
  /** Tells the gateway whether my media of this match goes through a relay. */
  tellRoute: (match: string, relay: boolean) => void;
  /** The pictures that a report has. */
  frames: Pick<RecentFrames, "setDrawing">;
  dispatch: Dispatch;
}

export class CallExtras {
  private readonly interruptions: Interruptions;
  private readonly quality: QualityView;
  private readonly small: PictureInPicture | undefined;
  private readonly picture: PartnerPictureWatch;
  readonly reactions: ReactionsView;
  private readonly signs: LifeSigns;
  private readonly views: readonly View[];
  private readonly understanding: Lazy<Understanding>;
  private readonly keeper: CallKeeper;
  private readonly guard: LeaveGuard;
  private watch: QualityMonitor | undefined;
  private watched: string | undefined;
  private verdict: QualityVerdict | undefined;
  /** Whether the check is on in the settings. */
  private checks = false;

  constructor(private readonly parts: CallExtrasParts) {
    const { translator, media, stage, callMedia } = parts;
    const reattach = () => {
      stage.reattach();
      callMedia.meter.wake();
    };
    this.guard = new LeaveGuard(() => toast(translator.text("still_here")));
    this.keeper = new CallKeeper({ ...parts, reload: () => this.reload() });
    this.interruptions = new Interruptions({ media, reattach });
    this.interruptions.watch();
    const { longest, flag, dispatch } = parts;
    const safety = new SafetyEmoji({ locale: translator.locale, callMedia, dispatch });
    this.quality = new QualityView(translator, safety.atQuality);
    this.reactions = new ReactionsView(translator, dispatch);
    this.signs = new LifeSigns({ ...parts, locale: translator.locale });
    this.views = [
      this.signs,
      safety,
      new SwipeNext(translator.text("next"), dispatch),
      new PartnerSoundView(stage.remote),
      this.reactions,
      new UnconfirmedView(translator),
      new OverView(translator),
      new LoadedSelfView(translator.locale),
      new RewindView(translator, dispatch),
      new Together(translator, callMedia, dispatch, parts.frames),
      new InstallOffer(translator, parts.store, parts.installation),
      new AppBadge(),
      new LazyView(
        {
          load: async () => (await import("./mode-change/open")).openModeChange(parts),
          onLoaded: () => dispatch({ type: "changed" }),
          onFailed: (error) => console.info("The change of mode could not be loaded:", error.name),
        },
        ({ call }) => call.relaysModes === true && call.conversation !== undefined,
      ),
    ];
    this.understanding = new Lazy({
      load: async () => (await import("./understanding/understanding")).buildUnderstanding(parts, parts.site),
      onLoaded: () => dispatch({ type: "changed" }),
      onFailed: (error) => console.info("Captions could not be loaded:", error.name),
    });
    this.understanding.load();
    this.picture = new PartnerPictureWatch({
      video: stage.remote,
      longest,
      onChange: () => dispatch({ type: "changed" }),
      onStill: (pass) => {
        if (this.checks) flag(pass);
      },
    });
    this.small = pictureInPicture(stage.remote);
    setUpFullScreen();
    watchKeyboard();
  }

  /** What is seen of the stranger's picture. */
  get partnerPicture(): PartnerPicture {
    return this.picture.picture;
  }

  /** Must be called whenever the stranger's picture may have changed. */
  look(call: Call): void {
    this.picture.update(call);
  }

  render(state: PageState): void {
    const { phase, conversation } = state.call;
    const { media, callMedia } = this.parts;
    this.checks = state.settings.check;
    for (const view of this.views) view.render(state);
    this.understanding.value?.render(state);
    this.keeper.update(state.call);
    this.guard.update(state.call);
    this.interruptions.update();
    callMedia.peer?.tellDevices(media.on);
    this.watchQuality(conversation);
    this.watch?.setLadder(this.ladder(conversation));
    const linked = conversation?.link === "connected" && !conversation.away ? this.verdict : undefined;
    this.quality.render(linked?.word, linked?.onlyHeard ?? false, this.signs.why);
    if (phase === "idle" || phase === "banned") this.small?.leave();
    else this.small?.render();
  }

  private reload(): void {
    this.guard.release();
    location.reload();
  }

  /** Watches the quality of a conversation from its first connection to its end. */
  private watchQuality(conversation: Conversation | undefined): void {
    const match = conversation && conversation.mode !== "text" ? conversation.match : undefined;
    if (match !== this.watched) this.forget();
    if (!match || this.watched || conversation?.link !== "connected") return;
    this.watched = match;
    const { callMedia } = this.parts;
    this.watch = new QualityMonitor({
      ladder: this.ladder(conversation),
      statistics: () => callMedia.peer?.statistics(),
      onRung: (rung) => this.limit(rung),
      onVerdict: (verdict) => this.showVerdict(verdict),
      onRoute: (relay) => this.parts.tellRoute(match, relay),
      onSample: (sample, small) => this.signs.take(sample, small),
    });
  }

  private limit(rung: Rung): void {
    this.parts.callMedia.setRung(rung);
    if (rung.bitrate === 0) toast(this.parts.translator.text("only_heard_me"));
  }

  private showVerdict(verdict: QualityVerdict): void {
    const { stage, dispatch } = this.parts;
    const { word, onlyHeard, arrives } = this.verdict ?? {};
    this.verdict = verdict;
    stage.onlyHeard = verdict.onlyHeard;
    stage.arrives = verdict.arrives;
    if (verdict.word !== word || verdict.onlyHeard !== onlyHeard || verdict.arrives !== arrives)
      dispatch({ type: "changed" });
  }

  private forget(): void {
    this.watch?.stop();
    this.watch = this.watched = this.verdict = undefined;
    this.parts.stage.onlyHeard = this.parts.stage.arrives = false;
  }

  private ladder(conversation: Conversation | undefined): Ladder {
    if (conversation?.mode !== "video") return VOICE;
    return this.parts.media.choice.signing ? SIGNING : CLEAR;
  }
}
