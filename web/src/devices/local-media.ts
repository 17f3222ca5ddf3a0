// Holds camera and microphone while the mode needs them, and names what can go wrong.

import type { DevicesOn } from "../core/call/state";
import type { Mode } from "../messages.generated";
import { blackTrack } from "./black-track";
import type { Choice } from "./constraints";
import type { Kind } from "./device-list";
import { permissionOf } from "./permissions";
import {
  type Faults,
  type MediaProblem,
  MediaRefused,
  type Permission,
  problemOf,
  requestMedia,
  requestTrack,
} from "./request-media";

export type MediaState = "none" | "asking" | "ready" | MediaProblem;

/**
 * Why a track was replaced. "missing": there was none, and now there is a device. "switched": the visitor
 * turned the camera off or on.
 */
export type Why = "chosen" | "lost" | "interrupted" | "missing" | "switched";

export interface LocalMediaOptions {
  onChange: () => void;
  /** A track was replaced by this one. */
  onReplaced?: (track: MediaStreamTrack, why: Why) => void;
  /** A track of this kind is gone and was not replaced. */
  onGone?: (kind: Kind) => void;
  /** The camera was off and did not come back. */
  onStillOff?: (problem: MediaProblem) => void;
  /** Returns what is sent in place of this track. Undefined: the track itself. */
  sent?: (track: MediaStreamTrack) => Promise<MediaStreamTrack> | undefined;
  permission?: Permission;
  black?: (size: MediaTrackSettings) => MediaStreamTrack;
}

/** A camera that is off and does not run, so that its light is off, too. A black track stands for it. */
interface StoppedCamera {
  settings: MediaTrackSettings;
  /** What to request when it is turned on. */
  device: MediaTrackConstraints;
}

export class LocalMedia {
  state: MediaState = "none";
  /** What is wrong with each device, if `state` is a problem. */
  faults: Faults = {};
  mode: Mode = "text";
  stream: MediaStream | undefined;
  muted = false;
  cameraOff = false;
  choice: Choice = { signing: false, echo: true, noise: true };
  /** The visitor goes on without the microphone, which does not work. */
  private withoutMicrophone = false;
  private stopped: StoppedCamera | undefined;
  private asked = 0;
  /** Requests run one after the other, because Safari silences earlier tracks. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly permission: Permission;
  /** Tracks that do not run for anybody yet, because what is sent of them is being made. */
  private readonly preparing = new Map<MediaStreamTrack, () => void>();

  constructor(private readonly options: LocalMediaOptions) {
    this.permission = options.permission ?? permissionOf;
  }

  /** Requests what `mode` needs and releases the rest. The result is in `state`. */
  async use(mode: Mode): Promise<void> {
    this.withoutMicrophone = false;
    await this.request(mode);
  }

  /**
   * Changes the mode of a call. What both modes need goes on. Returns what is wrong if a device does not work. Then a call
   * with sound has its devices as before.
   */
  async switchTo(mode: Mode): Promise<Faults> {
    if (mode !== "text" && this.state === "asking") await this.turn;
    if (mode === this.mode) return this.faults;
    if (this.stream && mode !== "text" && this.mode !== "text")
      return mode === "video" ? this.addCamera() : this.removeCamera();
    if (this.mode === "text") this.muted = this.choice.signing; // whoever wants to talk is not mute from before
    await this.use(mode);
    return this.faults;
  }

  /** Requests the camera alone, because the microphone does not work. */
  async goOnWithoutMicrophone(): Promise<void> {
    this.withoutMicrophone = true;
    await this.request(this.mode);
  }

  /** The visitor has allowed this kind of device, so it can be requested without a question. */
  async permitted(kind: Kind): Promise<void> {
    if (this.mode === "text" || (this.mode === "audio" && kind === "video")) return;
    if (this.faults[kind] === "denied") await this.use(this.mode);
    else if (this.state === "ready" && !this.track(kind)) await this.change(kind, undefined, "missing");
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
      if (kind === "video" && this.stopped) {
        if (why === "chosen") this.stopped = { settings: {}, device: wanted };
        return;
      }
      stop(this.track(kind));
      try {
        const track = await this.sent(await requestTrack(kind, this.choice, wanted));
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

  /** Which devices a stranger hears and sees. */
  get on(): DevicesOn {
    const camera = this.mode === "video" && !this.cameraOff && this.track("video") !== undefined;
    return { microphone: !this.muted && this.track("audio") !== undefined, camera };
  }

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.stream?.getTracks().find((track) => track.kind === kind);
  }

  /** Returns the settings of the device, also of a camera that is off. A browser may leave some undefined. */
  settings(kind: Kind): MediaTrackSettings {
    if (kind === "video" && this.stopped) return this.stopped.settings;
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

  /** Turns the camera off, because its picture must not be sent. */
  async darken(): Promise<void> {
    await this.switchCamera(true, true);
  }

  /** The picture is black at once. The camera itself stops where it can be turned on without a question. */
  async toggleCamera(): Promise<void> {
    await this.switchCamera(!this.cameraOff, false);
  }

  /** `anyway`: the camera stops in any case. */
  private async switchCamera(off: boolean, anyway: boolean): Promise<void> {
    this.cameraOff = off;
    this.apply();
    const { asked } = this;
    await this.inTurn(async () => {
      const { stream } = this;
      if (asked !== this.asked || !stream) return;
      if (this.cameraOff) await this.stopCamera(stream, anyway);
      else await this.startCamera(stream);
    });
  }

  private async addCamera(): Promise<Faults> {
    const { asked } = this;
    let faults: Faults = {};
    await this.inTurn(async () => {
      const { stream } = this;
      if (asked !== this.asked || !stream || this.track("video")) return;
      this.cameraOff = false;
      try {
        const track = await this.sent(await requestTrack("video", this.choice, {}));
        if (asked !== this.asked) return track.stop();
        this.mode = "video";
        this.replaceTrack(stream, track, "missing");
      } catch (error) {
        faults = { video: problemOf(error) };
      }
    });
    return faults;
  }

  private async removeCamera(): Promise<Faults> {
    const { asked } = this;
    this.mode = "audio";
    await this.inTurn(async () => {
      if (asked !== this.asked || this.mode !== "audio") return;
      const camera = this.track("video");
      stop(camera);
      if (camera) this.stream?.removeTrack(camera);
      this.stopped = undefined;
      if (!this.track("audio")) return;
      this.faults = {};
      this.setState("ready");
    });
    return this.faults;
  }

  private async stopCamera(stream: MediaStream, anyway: boolean): Promise<void> {
    const { asked } = this;
    if (!anyway && (await this.permission("video")) !== "granted") return;
    const camera = this.track("video");
    if (asked !== this.asked || !this.cameraOff || this.stopped || !camera) return;
    const settings = camera.getSettings();
    const { deviceId } = settings;
    this.standIn(stream, { settings, device: deviceId ? { deviceId: { ideal: deviceId } } : {} });
    stop(camera);
  }

  private async startCamera(stream: MediaStream): Promise<void> {
    const { asked, stopped } = this;
    if (this.cameraOff || !stopped) return;
    try {
      const track = await this.sent(await requestTrack("video", this.choice, stopped.device));
      if (asked !== this.asked) return track.stop();
      stop(this.track("video"));
      this.stopped = undefined;
      this.replaceTrack(stream, track, "switched");
    } catch (error) {
      if (asked !== this.asked) return;
      this.cameraOff = true;
      this.apply();
      this.options.onStillOff?.(problemOf(error));
    }
  }

  /** Puts a black track in the place of the camera. */
  private standIn(stream: MediaStream, stopped: StoppedCamera): void {
    const { black = blackTrack } = this.options;
    this.stopped = stopped;
    this.replaceTrack(stream, black(stopped.settings), "switched");
  }

  private async request(mode: Mode): Promise<void> {
    const asked = ++this.asked;
    this.release();
    this.mode = mode;
    this.setState(mode === "text" ? "none" : "asking");
    if (mode === "text") return;
    await this.inTurn(async () => {
      if (asked !== this.asked) return;
      try {
        const stream = await this.streamFor(mode);
        if (asked === this.asked) this.start(stream, mode);
        else for (const track of stream.getTracks()) track.stop();
      } catch (error) {
        if (asked === this.asked) this.refused(error);
      }
    });
  }

  /** A camera that is off is not opened, unless the browser would ask for it later. */
  private async streamFor(mode: Mode): Promise<MediaStream> {
    const camera = mode === "video" && !(this.cameraOff && (await this.permission("video")) === "granted");
    const kinds: Kind[] = this.withoutMicrophone ? [] : ["audio"];
    if (camera) kinds.push("video");
    if (kinds.length === 0) return new MediaStream();
    const stream = await requestMedia(kinds, this.choice, this.permission);
    return new MediaStream(await Promise.all(stream.getTracks().map((track) => this.sent(track))));
  }

  /** If a picture must not be sent as it is, and cannot be made otherwise, the camera is off. */
  private async sent(track: MediaStreamTrack): Promise<MediaStreamTrack> {
    const { sent } = this.options;
    if (!sent) return track;
    const abandoned = new Promise<undefined>((resolve) =>
      this.preparing.set(track, () => resolve(undefined)),
    );
    try {
      return (await Promise.race([sent(track), abandoned])) ?? track;
    } catch {
      track.stop();
      void this.darken();
      return track;
    } finally {
      this.preparing.delete(track);
    }
  }

  private start(stream: MediaStream, mode: Mode): void {
    this.stream = stream;
    for (const track of stream.getTracks()) this.watchEnd(track);
    if (mode === "video" && !this.track("video")) this.standIn(stream, { settings: {}, device: {} });
    this.setState("ready");
  }

  private refused(error: unknown): void {
    if (!(error instanceof MediaRefused)) throw error;
    this.faults = error.faults;
    this.setState(error.faults.video ?? error.faults.audio ?? "busy");
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
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
    this.options.onReplaced?.(track, why);
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
    const enough = kind === "audio" && this.track("video");
    this.faults = enough ? {} : { [kind]: problem };
    this.setState(enough ? "ready" : problem);
    if (lost) this.options.onGone?.(kind);
  }

  private release(): void {
    for (const [track, abandon] of this.preparing) {
      stop(track);
      abandon();
    }
    for (const track of this.stream?.getTracks() ?? []) stop(track);
    this.stream = this.stopped = undefined;
    this.faults = {};
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
    this.options.onChange();
  }
}

function stop(track: MediaStreamTrack | undefined): void {
  if (!track) return;
  track.onended = null;
  track.stop();
}
