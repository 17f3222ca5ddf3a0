// The stage: the stranger's picture, my own, and the texts about them.

import { endingKey, onlyChatPauses } from "../core/call/over";
import { explain, type Hint, othersIn, outlook, relaxKey } from "../core/call/search-hints";
import type { Call, Phase } from "../core/call/state";
import type { Fault } from "../core/partner-picture";
import { isolatedText } from "../core/text/plain-text";
import type { LocalMedia, MediaState } from "../devices/local-media";
import { type Faults, isHopeless } from "../devices/request-media";
import type { Key, PageTranslator } from "../language/texts";
import type { SearchWords } from "../meet/words";
import type { Mode } from "../messages.generated";
import type { Dispatch, PageState } from "../page-state";
import { byId, setText } from "./dom";
import { onNextGesture } from "./gesture";
import { announce, toast } from "./notifications";

/** Two who have parted do not meet again before that, whatever they look for. */
const APART_MS = 60_000;
/** The share of a picture that must stay visible if it fills the stage. */
const FILL_FROM = 0.7;

export class StageView {
  readonly remote = byId<HTMLVideoElement>("remote");
  /** The stranger's sound arrives, but no picture. */
  onlyHeard = false;
  /** Anything of the stranger's arrives. */
  arrives = false;
  /** Returns what to say of a search for people whom the visitor knows. It is set when that is loaded. */
  words?: (call: Call) => SearchWords | undefined;
  private readonly local = byId<HTMLVideoElement>("local");
  private trouble: Key | undefined;
  private widensAt = 0;
  /** When the last stranger can be met again. */
  private againAt = 0;
  private talks = false;
  private search: Call["search"];
  private hint: Hint | undefined;
  /** What the search for people whom the visitor knows is called. */
  private title: string | undefined;

  constructor(
    private readonly translator: PageTranslator,
    private readonly media: Pick<LocalMedia, "state" | "faults" | "stream" | "cameraOff">,
    private readonly dispatch: Dispatch,
  ) {
    byId("trouble-retry").onclick = () => dispatch({ type: "retry_media" });
    byId("trouble-audio").onclick = () =>
      dispatch(
        onlyMicrophone(this.media.faults)
          ? { type: "go_on_without_microphone" }
          : { type: "change_preferences", change: { mode: "audio" } },
      );
    byId("trouble-text-mode").onclick = () =>
      dispatch({ type: "change_preferences", change: { mode: "text" } });
    byId("report-last").onclick = () => dispatch({ type: "report", whom: "left" });
    byId("relax").onclick = () => this.relax();
    this.remote.onplaying = () => {
      this.remote.classList.add("playing");
      dispatch({ type: "appeared" });
    };
    this.remote.onresize = () => this.fit(this.remote.clientWidth / this.remote.clientHeight);
    // To measure it here, WebKit would lay out what waits for a style sheet, and report a loop of observers.
    new ResizeObserver((entries) => {
      for (const { contentRect } of entries) this.fit(contentRect.width / contentRect.height);
    }).observe(this.remote);
    setInterval(() => this.countDown(), 500);
  }

  playRemote(stream: MediaStream | null): void {
    if (this.remote.srcObject === stream) {
      if (stream) this.dispatch({ type: "changed" }); // it may have another track
      return;
    }
    this.remote.srcObject = stream;
    this.remote.classList.remove("playing");
    if (stream) this.tryToPlay();
  }

  /** Attaches both pictures again. Some browsers need this after an interruption. */
  reattach(): void {
    for (const video of [this.remote, this.local]) {
      const { srcObject } = video;
      video.srcObject = null;
      video.srcObject = srcObject;
    }
    if (this.remote.srcObject) this.tryToPlay();
  }

  /** Scales the two circles by the loudness. */
  level(level: number): void {
    byId("avatar").style.transform = `scale(${1 + level * 0.35})`;
  }

  /** Shows my picture, and before Start what is wrong with the devices. A call has its devices already. */
  private showOwn(mode: Mode, phase: Phase): void {
    const { state, faults, stream = null, cameraOff } = this.media;
    if (this.local.srcObject !== stream) this.local.srcObject = stream;
    document.documentElement.dataset.media = state;
    byId("self-off").hidden = !cameraOff;
    const key = phase === "idle" ? troubleOf(state, faults, mode) : undefined;
    byId("trouble").hidden = !key;
    setText(byId("trouble-text"), key && this.translator.text(key));
    const asking = state === "asking";
    if (key !== this.trouble && key && !asking) announce(this.translator.text(key));
    this.trouble = key;
    byId("trouble-retry").hidden = asking || isHopeless(state);
    byId("trouble-text-mode").hidden = asking;
    byId("trouble-audio").hidden = asking || mode === "audio" || isHopeless(state);
    byId("trouble-audio").textContent = this.translator.text(withoutKey(faults));
  }

  render({ call, preferences, canReportLast, fault, checkedMine }: PageState): void {
    this.showOwn(preferences.mode, call.phase);
    const { text } = this.translator;
    if (call.search !== this.search) {
      this.search = call.search;
      this.widensAt = performance.now() + (call.search?.widensIn ?? 0) * 1000;
    }
    if (this.talks && !call.conversation) this.againAt = performance.now() + APART_MS;
    this.talks = call.conversation !== undefined;
    const offline = call.phase === "reconnecting";
    if (onlyChatPauses(call, this.arrives)) byId("scene").hidden = true;
    const words = offline ? undefined : this.words?.(call);
    this.title = words?.title;
    byId("scene-title").textContent =
      this.title ?? text(offline ? reconnecting(call).title : "searching_title");
    this.hint = offline ? undefined : (words ?? this.hintOf(call));
    const { sentence, relax } = this.hint ?? {};
    const said = offline ? text(reconnecting(call).why) : (sentence ?? this.stageText(call));
    // This text is announced, so it changes only when there is something new to say.
    if (byId("scene-text").textContent !== said) byId("scene-text").textContent = said;
    setText(byId("relax"), relax && text(relaxKey(relax)));
    const ending = offline ? undefined : endingKey(call);
    setText(byId("scene-before"), ending && text(ending));
    byId("report-last").hidden = !canReportLast || offline;
    byId("hint").dataset.away = String(offline || (call.conversation?.away ?? false));
    const link = this.linkText(call, fault);
    const muted = isMuted(call) ? text("their_microphone_off") : undefined;
    // The start of a call is not trouble. Then and in a new phase, the page announces something itself.
    byId("hint").ariaLive = offline || link === text("connecting") ? "off" : "polite";
    setText(byId("hint"), [link, muted].filter(Boolean).join(" "));
    setText(byId("opening"), this.openingText(call, checkedMine));
    byId("stage").dataset.fault = fault ?? "";
    this.countDown();
  }

  /** Returns what both have in common, and before Start that my picture was checked. */
  private openingText(call: Call, checkedMine: boolean): string | undefined {
    if (call.phase === "idle" && checkedMine) return this.translator.text("picture_ready");
    if (call.phase !== "matched" || call.conversation?.mode === "text") return undefined;
    return openingLine(call, this.translator, call.conversation?.mode === "audio");
  }

  /** Fills the stage if that cuts off little of the stranger. Otherwise it shows the whole picture. */
  private fit(place: number): void {
    const picture = this.remote.videoWidth / this.remote.videoHeight;
    const left = Math.min(picture / place, place / picture);
    this.remote.classList.toggle("fill", left >= FILL_FROM);
  }

  private hintOf({ search, wish }: Call): Hint | undefined {
    return search && wish && explain(search, wish, this.translator);
  }

  /** Moves the focus first, because the button disappears with the hint. */
  private relax(): void {
    byId("scene-title").focus();
    if (this.hint?.relax) this.dispatch({ type: "relax", relax: this.hint.relax });
  }

  private stageText({ search }: Call): string {
    if (search && othersIn(search) === 0) return this.translator.text("alone");
    const stage = Math.min(3, Math.max(0, search?.stage ?? 2));
    return search ? this.translator.text(`stage_${stage}` as Key) : "";
  }

  private countDown(): void {
    const { search, hint, translator } = this;
    const until = (time: number) => (time - performance.now()) / 1000;
    const times = { widens: until(this.widensAt), again: until(this.againAt) };
    const more = search && !this.title ? outlook(search, hint, times, translator) : "";
    if (byId("scene-more").textContent !== more) byId("scene-more").textContent = more;
  }

  private linkText(call: Call, fault: Fault | undefined): string | undefined {
    const { phase, conversation } = call;
    const { text } = this.translator;
    if (onlyChatPauses(call, this.arrives))
      return text(conversation?.mode === "audio" ? "pauses_audio" : "pauses_video");
    if (phase !== "matched" || !conversation) return undefined;
    if (conversation.away) return text("away");
    if (conversation.mode === "text") return undefined;
    if (conversation.link !== "connected") return text(conversation.link);
    if (conversation.mode === "video" && conversation.theirs?.camera === false) return text("only_dark");
    if (this.onlyHeard) return text("only_heard");
    if (!this.remote.classList.contains("playing")) return text("connecting");
    if (fault === "black") return text("only_dark");
    const { lifted } = conversation;
    if (!lifted.told || !lifted.theirs) return undefined; // behind the curtain every picture is coarse
    if (fault === "coarse") return text("only_coarse");
    return fault === "preview" ? text("only_preview") : undefined;
  }

  private tryToPlay(): void {
    this.remote.play().catch((error: unknown) => {
      // Some browsers want a tap before sound. Any other error means that the stream was replaced meanwhile.
      if (!(error instanceof DOMException && error.name === "NotAllowedError")) return;
      toast(this.translator.text("tap_to_hear"));
      onNextGesture(() => this.tryToPlay());
    });
  }
}

/** Names what the page waits for without a socket: its call after a reload, the first connection, or the next. */
export function reconnecting({ returnsUntil, unreached }: Call): { title: Key; why: Key } {
  if (returnsUntil !== undefined) return { title: "returning_title", why: "returning_text" };
  if (unreached) return { title: "connecting", why: "unreached" };
  return { title: "reconnecting_title", why: "reconnecting_text" };
}

/** Returns whether the stranger's page says that their microphone is off. */
function isMuted({ phase, conversation }: Call): boolean {
  const heard = phase === "matched" && conversation?.away === false && conversation.link === "connected";
  return heard && conversation.theirs?.microphone === false;
}

/** Returns what the two have in common. `greeting` returns a text even if that is nothing. */
export function openingLine(call: Call, translator: PageTranslator, greeting: boolean): string | undefined {
  const country = call.conversation?.partner.country;
  const parts = [sharedBy(call, translator, greeting), country && translator.country(country)];
  return parts.filter(Boolean).join(" · ") || undefined;
}

function sharedBy(
  { conversation, wish }: Call,
  translator: PageTranslator,
  greeting: boolean,
): string | undefined {
  const { shared_interests = [], languages = [] } = conversation?.partner ?? {};
  const list = new Intl.ListFormat(translator.locale);
  if (shared_interests.length > 0)
    return translator.text("shared", { interests: list.format(shared_interests.map(isolatedText)) });
  const mine = wish?.languages ?? [];
  const shared = languages.filter((tag) => mine.includes(tag)).map(translator.language);
  if (greeting && shared.length > 0)
    return translator.text("shared_language", { languages: list.format(shared) });
  return greeting ? translator.text("matched") : undefined;
}

/** Returns the text about the devices. It names the one that is at fault. */
export function troubleOf(state: MediaState, faults: Faults, mode: Mode): Key | undefined {
  if (state === "none" || state === "ready") return undefined;
  if (state === "insecure" || state === "unsupported") return `media_${state}`;
  if (state === "asking") return mode === "audio" ? "media_asking_audio" : "media_asking";
  if (onlyMicrophone(faults)) return `media_${state}_audio`;
  return state !== "missing" && faults.video === faults.audio ? `media_${state}_both` : `media_${state}`;
}

/** Returns the text of the button that goes on with the device that works. */
export function withoutKey(faults: Faults): Key {
  if (onlyMicrophone(faults)) return "without_microphone";
  return faults.audio ? "media_audio" : "without_camera";
}

function onlyMicrophone({ audio, video }: Faults): boolean {
  return audio !== undefined && video === undefined;
}
