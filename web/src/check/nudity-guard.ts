// Acts on the results of the picture check: covers the stranger, holds back my picture, and tells the
// moderators.

import type { Conversation } from "../core/call/state";
import { isBeforeCall } from "../core/call/transitions";
import type { Side } from "../core/check-policy";
import { type Checked, LONGEST_BLURRED } from "../core/curtain";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { CheckView } from "../view/check";
import { PictureCheck } from "./picture-check";

/** A camera that has been changed or turned on may show its last or a black picture for this long. */
const SETTLE_MS = 500;

export interface NudityGuardParts {
  translator: PageTranslator;
  /** Whether the check is on in the settings. */
  on: boolean;
  remote: HTMLVideoElement;
  local: HTMLVideoElement;
  /** Sends my picture as a few squares, or normally again. */
  hold: (held: boolean) => void;
  /** Tells the moderators about the result, without a picture. */
  flag: (conversation: Conversation) => void;
  dispatch: Dispatch;
}

export class NudityGuard {
  readonly check: PictureCheck;
  private readonly view: CheckView;
  private conversation: Conversation | undefined;
  /** The visitor chose to see this stranger anyway. */
  private shown = false;
  private flagged = false;
  /** The visitor said that this camera's picture is fine. */
  private allowed: MediaStreamTrack | undefined;
  /** The stranger's track and the size of its picture. */
  private track: MediaStreamTrack | undefined;
  private size: string | undefined;
  private camera: MediaStreamTrack | undefined;
  private lit = false;
  private settledAt = 0;

  constructor(private readonly parts: NudityGuardParts) {
    this.view = new CheckView(parts.translator, {
      report: () => parts.dispatch({ type: "report", whom: "here", reason: "nudity" }),
      show: () => this.show(),
      allow: () => this.allow(),
    });
    this.check = new PictureCheck(parts.on, {
      load: async () => (await import("./classifier")).startClassifier(),
      shows: (side) => this.shows(side),
      picture: (side) => small(this.videoOf(side)),
      onChange: () => this.changed(),
    });
    this.render();
  }

  /** Whether the stranger's picture must be covered now. */
  get covers(): boolean {
    return this.check.theirs === "bad" && !this.shown;
  }

  /** Whether my picture must be held back now. */
  get holds(): boolean {
    return this.check.mine === "bad" && this.allowed !== this.camera;
  }

  /** The results for the curtain. What the visitor overruled counts as fine. */
  get checked(): Checked {
    const { state, mine, theirs } = this.check;
    return {
      state,
      mine: mine === "bad" && !this.holds ? "fine" : mine,
      theirs: this.shown && theirs !== "unknown" ? "fine" : theirs,
    };
  }

  /** Must be called whenever the conversation, the camera or the settings may have changed. */
  update({ call: { conversation, phase }, settings }: PageState): void {
    this.check.use(settings.check);
    this.conversationChanged(conversation?.mode === "video" ? conversation : undefined);
    if (this.conversation) this.strangerChanged();
    this.cameraChanged();
    this.check.preview(isBeforeCall(phase) && this.camera?.readyState === "live");
  }

  private conversationChanged(conversation: Conversation | undefined): void {
    const before = this.conversation?.match;
    this.conversation = conversation;
    if (conversation?.match === before) return;
    if (before) this.check.close();
    if (conversation) this.open();
    this.render();
  }

  private open(): void {
    this.shown = false;
    this.flagged = false;
    this.track = this.size = undefined;
    this.check.open();
    this.view.notice(this.check.state);
  }

  private shows(side: Side): boolean {
    if (side === "mine" && performance.now() < this.settledAt) return false;
    const video = this.videoOf(side);
    const track = trackOf(video);
    // A picture that is too small to be checked is always blurred.
    const least = side === "theirs" ? LONGEST_BLURRED : 0;
    return longestOf(video) > least && track?.readyState === "live" && track.enabled;
  }

  /** Handles another track or size of the stranger's picture. */
  private strangerChanged(): void {
    const { remote } = this.parts;
    const { videoWidth, videoHeight } = remote;
    const track = trackOf(remote);
    const size = longestOf(remote) > LONGEST_BLURRED ? `${videoWidth}×${videoHeight}` : undefined;
    if (this.track && track && track !== this.track) this.check.replaced();
    if (size !== this.size) this.check.resized(size);
    this.track = track ?? this.track;
    this.size = size;
    this.render();
  }

  /** Handles another camera, or the same camera turned on again. */
  private cameraChanged(): void {
    const camera = trackOf(this.parts.local);
    const lit = camera?.enabled === true;
    if (camera === this.camera && lit === this.lit) return;
    const before = { track: this.camera, lit: this.lit };
    if (isSameCamera(before, { track: camera, lit })) {
      this.check.doubt("mine");
      if (this.camera && this.allowed === this.camera) this.allowed = camera;
    } else this.check.forget("mine");
    if (this.camera) this.settledAt = performance.now() + SETTLE_MS;
    this.camera = camera;
    this.lit = lit;
    this.changed();
  }

  private videoOf(side: Side): HTMLVideoElement {
    return side === "theirs" ? this.parts.remote : this.parts.local;
  }

  private show(): void {
    this.shown = true;
    this.changed();
  }

  private allow(): void {
    this.allowed = this.camera;
    this.changed();
  }

  private changed(): void {
    const { conversation } = this;
    if (conversation && this.check.theirs === "bad" && !this.flagged) {
      this.flagged = true;
      this.parts.flag(conversation);
    }
    if (conversation) this.view.notice(this.check.state);
    this.render();
    this.parts.dispatch({ type: "changed" });
  }

  private render(): void {
    const { conversation, covers, holds, check } = this;
    this.parts.hold(holds);
    this.parts.remote.dataset.verdict = check.theirs;
    this.parts.local.dataset.verdict = check.mine;
    this.view.render(conversation !== undefined && covers, conversation !== undefined && holds);
  }
}

interface Seen {
  track: unknown;
  /** It shows something, and not black. */
  lit: boolean;
}

/**
 * Returns whether a camera was only turned off or on. A black track stands for it meanwhile, and it comes back
 * with another one. What was found in its picture still counts, or a bad picture would be sent for a moment.
 */
export function isSameCamera(before: Seen, now: Seen): boolean {
  if (before.track === undefined || now.track === undefined) return false;
  return before.track === now.track || !before.lit || !now.lit;
}

function trackOf({ srcObject }: HTMLVideoElement): MediaStreamTrack | undefined {
  return srcObject instanceof MediaStream ? srcObject.getVideoTracks()[0] : undefined;
}

function longestOf({ videoWidth, videoHeight }: HTMLVideoElement): number {
  return Math.max(videoWidth, videoHeight);
}

/** Returns the picture as the model needs it: a square. */
function small(video: HTMLVideoElement): Promise<ImageBitmap> {
  return createImageBitmap(video, { resizeWidth: 224, resizeHeight: 224, resizeQuality: "low" });
}
