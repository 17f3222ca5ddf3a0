// The signs of life in a call: who speaks, that I am heard, how long it has lasted, and on whose side it is not good.
// They are loaded with the first call.

import type { CallMedia } from "../call-media";
import type { Conversation } from "../core/call/state";
import type { Cause } from "../core/quality/cause";
import type { Sample } from "../core/quality/statistics";
import { LevelMeter } from "../devices/level-meter";
import type { LocalMedia } from "../devices/local-media";
import type { Dispatch, PageState, View } from "../page-state";
import { byId } from "../view/dom";
import { onNextGesture } from "../view/gesture";
import { toast } from "../view/notifications";
import { CallTimer } from "./call-timer";
import { NetworkSides } from "./network-sides";
import { OwnVoice } from "./own-voice";
import { PartnerSpeaks } from "./partner-speaks";
import { loadTexts, type Texts } from "./texts";
import "./life-signs.css";

export interface LifeSignsParts {
  locale: string;
  tab: Pick<Storage, "getItem" | "setItem">;
  media: Pick<LocalMedia, "muted" | "track">;
  callMedia: Pick<CallMedia, "peer">;
  dispatch: Dispatch;
}

export class LifeSigns implements View {
  private readonly timer: CallTimer;
  private readonly time = document.createElement("time");
  /** Names the time for screen readers. The role of a time allows no label. */
  private readonly timeName = document.createElement("span");
  private readonly voice: OwnVoice;
  private readonly partner: PartnerSpeaks;
  private readonly sides = new NetworkSides(effectiveType);
  private texts: Texts | undefined;
  private cause: Cause | undefined;

  constructor(private readonly parts: LifeSignsParts) {
    const { locale, tab, callMedia } = parts;
    const stage = byId("stage");
    const edge = document.createElement("span");
    edge.className = "speaks";
    byId("remote").after(edge);
    const face = document.createElement("span");
    this.time.id = "call-time";
    this.timeName.className = "unseen";
    this.time.append(this.timeName, face);
    this.timer = new CallTimer({ element: this.time, face, tab, locale });
    const level = () => callMedia.peer?.heardLevel;
    this.partner = new PartnerSpeaks(level, (speaks) => stage.classList.toggle("speaking", speaks));
    const mute = byId("mute");
    const meter = new LevelMeter();
    onNextGesture(() => meter.wake()); // after a reload, some browsers want one before they give any level
    this.voice = new OwnVoice({
      meter,
      show: (own) => mute.style.setProperty("--heard", String(own)),
      tell: () => this.texts && toast(this.texts.you_are_muted),
    });
    void this.load(locale);
  }

  /** Why the call is not good, in one sentence. Undefined if nothing is known. */
  get why(): string | undefined {
    return this.cause && this.texts?.[this.cause];
  }

  /** Takes a sample of the connection about once a second. */
  take(sample: Sample, small: boolean): void {
    this.sides.take(sample, small);
    const { cause } = this.sides;
    if (cause === this.cause) return;
    this.cause = cause;
    this.parts.dispatch({ type: "changed" });
  }

  render({ call: { conversation }, settings }: PageState): void {
    const { media, callMedia } = this.parts;
    const talks = conversation !== undefined && conversation.mode !== "text";
    this.place(conversation);
    this.timer.update(conversation);
    // Who signs does not want to hear that their sounds reach nobody.
    const listens = talks && !(settings.signing && media.muted);
    this.voice.update(listens ? media.track("audio") : undefined, media.muted);
    this.partner.update(
      talks && conversation.link === "connected" && conversation.theirs?.microphone !== false,
    );
    this.sides.update(talks ? callMedia.peer?.channel : undefined);
    if (!talks) this.cause = undefined;
  }

  /** On the picture the time is beside the other signs. A text conversation has none, so it is at the top. */
  private place(conversation: Conversation | undefined): void {
    if (!conversation) return;
    const before = conversation.mode === "text" ? document.querySelector(".top .recent") : byId("quality");
    if (this.time.nextElementSibling !== before) before?.before(this.time);
  }

  private async load(locale: string): Promise<void> {
    try {
      this.texts = await loadTexts(locale);
      this.timeName.textContent = `${this.texts.call_time}: `;
      this.parts.dispatch({ type: "changed" });
    } catch (error) {
      console.info("The words for a call could not be loaded:", (error as Error).name); // signs need none
    }
  }
}

/** What Chromium says of the network. Other browsers say nothing. */
function effectiveType(): string | undefined {
  return (navigator as { connection?: { effectiveType?: string } }).connection?.effectiveType;
}
