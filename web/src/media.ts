// Camera and microphone: asked for when the mode needs them, with a plain name for what can go wrong.

import type { Mode } from "./messages.generated";

export type MediaProblem = "denied" | "missing" | "busy" | "insecure";
export type MediaState = "none" | "asking" | "ready" | MediaProblem;

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
  facingMode: "user",
};
const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

export class Media {
  state: MediaState = "none";
  mode: Mode = "text";
  stream: MediaStream | undefined;
  muted = false;
  cameraOff = false;
  private asked = 0;

  constructor(private readonly onChange: () => void) {}

  /** Makes ready what `mode` needs and lets go of what it does not; the outcome is in `state`. */
  async use(mode: Mode): Promise<void> {
    const asked = ++this.asked;
    this.release();
    this.mode = mode;
    this.set(mode === "text" ? "none" : "asking");
    if (mode === "text") return;
    try {
      const stream = await request(mode);
      if (asked === this.asked) this.take(stream);
      else for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      if (asked === this.asked) this.set(problemOf(error));
    }
  }

  toggleMute(): void {
    this.muted = !this.muted;
    this.apply();
  }

  toggleCamera(): void {
    this.cameraOff = !this.cameraOff;
    this.apply();
  }

  private take(stream: MediaStream): void {
    this.stream = stream;
    for (const track of stream.getTracks()) {
      track.onended = () => this.unplugged(stream);
    }
    this.set("ready");
  }

  /** The device went away, or the permission did. */
  private unplugged(stream: MediaStream): void {
    if (stream !== this.stream) return;
    this.release();
    this.set("missing");
  }

  private release(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
  }

  private set(state: MediaState): void {
    this.state = state;
    this.apply();
  }

  private apply(): void {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.muted;
    for (const track of this.stream?.getVideoTracks() ?? []) track.enabled = !this.cameraOff;
    this.onChange();
  }
}

async function request(mode: Mode): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new DOMException("no secure context", "SecurityError");
  if (mode === "audio") return devices.getUserMedia({ audio: AUDIO });
  try {
    return await devices.getUserMedia({ audio: AUDIO, video: VIDEO });
  } catch (error) {
    // A camera without a microphone is still worth a conversation: there is the chat.
    if (problemOf(error) !== "missing") throw error;
    return devices.getUserMedia({ video: VIDEO });
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
