// What only a call needs, so it is loaded with the first one: quality, windows, and what returns after a pause.

import type { Meeting } from "./core/call/state";
import { CLEAR, type Ladder, type Rung, SIGNING } from "./core/quality/ladder";
import type { Verdict } from "./core/quality/word";
import { Interruptions } from "./devices/interruption";
import type { Media } from "./devices/media";
import type { Words } from "./language/i18n";
import type { Dispatch, PageState } from "./page-state";
import { Darkness } from "./quality/darkness";
import { QualityWatch } from "./quality/watch";
import type { Talk } from "./talk";
import { wireFullScreen } from "./view/full-screen";
import { toast } from "./view/notices";
import { QualityView } from "./view/quality";
import { type SmallWindow, smallWindow } from "./view/small-window";
import type { StageView } from "./view/stage";

/** Without a picture there is nothing to make smaller. */
const VOICE: Ladder = [CLEAR[0]];

export interface InCallParts {
  words: Words;
  media: Media;
  talk: Talk;
  stage: StageView;
  dispatch: Dispatch;
}

export class InCall {
  private readonly interruptions: Interruptions;
  private readonly quality: QualityView;
  private readonly small: SmallWindow | undefined;
  private readonly darkness = new Darkness();
  private watch: QualityWatch | undefined;
  private watched: string | undefined;
  private verdict: Verdict | undefined;

  constructor(private readonly options: InCallParts) {
    const { words, media, stage, talk } = options;
    const revive = () => {
      stage.revive();
      talk.meter.wake();
    };
    this.interruptions = new Interruptions({ media, revive });
    this.interruptions.watch();
    this.quality = new QualityView(words);
    this.small = smallWindow(stage.remote);
    wireFullScreen();
  }

  render({ call: { phase, meeting } }: PageState): void {
    this.interruptions.attend();
    this.observe(meeting);
    this.watch?.climb(this.ladder());
    const linked = meeting?.link === "connected" && !meeting.away ? this.verdict : undefined;
    this.quality.render(linked?.word, linked?.onlyHeard ?? false);
    if (phase === "idle" || phase === "banned") this.small?.leave();
    else this.small?.render();
  }

  /** From its first moment on, until the meeting is over. */
  private observe(meeting: Meeting | undefined): void {
    const match = meeting && meeting.mode !== "text" ? meeting.match : undefined;
    if (match !== this.watched) this.forget();
    if (!match || this.watched || meeting?.link !== "connected") return;
    this.watched = match;
    const { talk } = this.options;
    this.watch = new QualityWatch({
      ladder: this.ladder(),
      statistics: () => talk.peer?.statistics(),
      onRung: (rung) => this.limit(rung),
      onVerdict: (verdict) => this.judged(verdict),
    });
  }

  private limit(rung: Rung): void {
    this.options.talk.limit(rung);
    if (rung.bitrate === 0) toast(this.options.words.text("only_heard_me"));
  }

  private judged(verdict: Verdict): void {
    const { stage, dispatch } = this.options;
    const dark = this.darkness.look(stage.remote);
    const { word, onlyHeard } = this.verdict ?? {};
    const same = verdict.word === word && verdict.onlyHeard === onlyHeard && dark === stage.dark;
    this.verdict = verdict;
    stage.onlyHeard = verdict.onlyHeard;
    stage.dark = dark;
    if (!same) dispatch({ type: "changed" });
  }

  private forget(): void {
    this.watch?.stop();
    this.watch = this.watched = this.verdict = undefined;
    this.darkness.forget();
    this.options.stage.onlyHeard = this.options.stage.dark = false;
  }

  private ladder(): Ladder {
    const { media } = this.options;
    if (media.mode !== "video") return VOICE;
    return media.choice.signing ? SIGNING : CLEAR;
  }
}
