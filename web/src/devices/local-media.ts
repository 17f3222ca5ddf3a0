// Requests camera and microphone when the mode needs them, and names what can go wrong.

import type { Mode } from "../messages.generated";
import { type Choice, constraintsOf } from "./constraints";
import type { Kind } from "./device-list";

export type MediaProblem = "denied" | "missing" | "busy" | "insecure";
export type MediaState = "none" | "asking" | "ready" | MediaProblem;

/** Why a track was replaced. "missing": there was none, and now there is a device. */
export type Why = "chosen" | "lost" | "interrupted" | "missing";

export class LocalMedia {
  state: MediaState = "none";
  mode: Mode = "text";
  stream: MediaStream | undefined;
  muted = false;
  cameraOff = false;
  choice: Choice = { signing: false };
  private asked = 0;
  /** Requests run one after the other, because Safari silences earlier tracks. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly onChange: () => void,
    /** A track was replaced by this one. */
    private readonly onReplaced: (track: MediaStreamTrack, why: Why) => void = () => {},
    /** A track of this kind is gone and was not replaced. */
    private readonly onGone: (kind: Kind) => void = () => {},
  ) {}

  /** Requests what `mode` needs and releases the rest. The result is in `state`. */
  async use(mode: Mode): Promise<void> {
    const asked = ++this.asked;
    this.release();
    this.mode = mode;
    this.setState(mode === "text" ? "none" : "asking");
    if (mode === "text") return;
    await this.inTurn(async () => {
      if (asked !== this.asked) return;
      try {
        const stream = await request(mode, this.choice);
        if (asked === this.asked) this.start(stream);
        else for (const track of stream.getTracks()) track.stop();
      } catch (error) {
        if (asked === this.asked) this.setState(problemOf(error));
      }
    });
  }

  /** Returns what there is once all requests so far have been answered. */
  async settled(): Promise<MediaStream | undefined> {
    await this.turn;
    return this.stream;
  }

  /**
   * Replaces the running or lost device of this kind by `device`, or else by the chosen one. It stops the old
   * device first, because many phones run only one camera. `device` is asked when its turn comes.
   */
  async change(
    kind: Kind,
    device: () => MediaTrackConstraints = () => ({}),
    why: Why = "chosen",
  ): Promise<void> {
    const { asked } = this;
    const before = this.track(kind);
    await this.inTurn(async () => {
      const { stream } = this;
      if (asked !== this.asked || !stream) return;
      // Meanwhile another device may have been chosen, or the loss may have been noticed twice.
      if (why !== "chosen" && this.track(kind) !== before) return;
      const wanted = device();
      stop(this.track(kind));
      try {
        const track = await requestTrack(kind, this.choice, wanted);
        if (asked === this.asked) this.replaceTrack(stream, track, why);
        else track.stop();
      } catch (error) {
        if (asked === this.asked) this.removeTrack(stream, kind, problemOf(error));
      }
    });
  }

  /** Returns whether somebody can be met in this mode. */
  suits(mode: Mode): boolean {
    return mode === "text" || this.state === "ready";
  }

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.stream?.getTracks().find((track) => track.kind === kind);
  }

  /** Returns the settings of the running device. A browser may leave some undefined. */
  settings(kind: Kind): MediaTrackSettings {
    return this.track(kind)?.getSettings() ?? {};
  }

  /** Sets what to request from now on. The microphone starts muted for signing. */
  setChoice(choice: Choice): void {
    if (choice.signing && !this.choice.signing) this.muted = true;
    this.choice = choice;
    if (this.stream) this.apply();
  }

  toggleMute(): void {
    this.muted = !this.muted;
    this.apply();
  }

  toggleCamera(): void {
    this.cameraOff = !this.cameraOff;
    this.apply();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  private start(stream: MediaStream): void {
    this.stream = stream;
    for (const track of stream.getTracks()) this.watchEnd(track);
    this.setState("ready");
  }

  private watchEnd(track: MediaStreamTrack): void {
    track.onended = () => void this.trackEnded(track);
  }

  /** Replaces a track. The new one is muted or dark like the old one before anybody gets it. */
  private replaceTrack(stream: MediaStream, track: MediaStreamTrack, why: Why): void {
    const before = this.track(track.kind as Kind);
    if (before) stream.removeTrack(before);
    stream.addTrack(track);
    this.watchEnd(track);
    this.setState("ready");
    this.onReplaced(track, why);
  }

  /** The device or its permission went away. Another device replaces it if possible. */
  private async trackEnded(track: MediaStreamTrack): Promise<void> {
    if (track === this.track(track.kind as Kind)) await this.change(track.kind as Kind, undefined, "lost");
  }

  /** Goes on with what is left, for example with sound only. */
  private removeTrack(stream: MediaStream, kind: Kind, problem: MediaProblem): void {
    const lost = this.track(kind);
    if (lost) stream.removeTrack(lost);
    // Without a microphone there are still the picture and the chat.
    this.setState(kind === "audio" && this.track("video") ? "ready" : problem);
    if (lost) this.onGone(kind);
  }

  private release(): void {
    for (const track of this.stream?.getTracks() ?? []) stop(track);
    this.stream = undefined;
  }

  private setState(state: MediaState): void {
    this.state = state;
    this.apply();
  }

  private apply(): void {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.muted;
    for (const track of this.stream?.getVideoTracks() ?? []) {
      track.enabled = !this.cameraOff;
      track.contentHint = this.choice.signing ? "motion" : "";
    }
    this.onChange();
  }
}

function stop(track: MediaStreamTrack | undefined): void {
  if (!track) return;
  track.onended = null;
  track.stop();
}

function devices(): MediaDevices {
  const found = navigator.mediaDevices as MediaDevices | undefined;
  if (!found) throw new DOMException("no secure context", "SecurityError");
  return found;
}

async function request(mode: Mode, choice: Choice): Promise<MediaStream> {
  const audio = constraintsOf("audio", choice);
  if (mode === "audio") return devices().getUserMedia({ audio });
  const video = constraintsOf("video", choice);
  try {
    return await devices().getUserMedia({ audio, video });
  } catch (error) {
    // A camera without a microphone is enough, because there is the chat.
    if (problemOf(error) !== "missing") throw error;
    return devices().getUserMedia({ video });
  }
}

/** Requests this device, or another one if that fails. */
async function requestTrack(kind: Kind, choice: Choice, device: MediaTrackConstraints) {
  const ask = async (wanted: MediaTrackConstraints) => {
    const stream = await devices().getUserMedia({ [kind]: constraintsOf(kind, choice, wanted) });
    const [track] = stream.getTracks();
    if (!track) throw new DOMException("a stream without a track", "NotFoundError");
    return track;
  };
  try {
    return await ask(device);
  } catch (error) {
    if (Object.keys(device).length === 0 || problemOf(error) === "denied") throw error;
    return ask({});
  }
}

export function problemOf(error: unknown): MediaProblem {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "SecurityError":
      return "insecure";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      throw error;
  }
}
