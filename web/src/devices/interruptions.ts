// Gets camera and microphone back after phone calls, locked screens and sleep. iPhones leave silent tracks
// that look alive (WebKit 208516, 259884), so they must be requested again.

import type { Kind } from "./device-list";
import type { LocalMedia } from "./local-media";

export interface TrackState {
  kind: Kind;
  ended: boolean;
  muted: boolean;
}

/** A browser that restores devices by itself has done so by then. */
export const PATIENCE_MS = 3_000;

export interface InterruptionOptions {
  media: Pick<LocalMedia, "track" | "settings" | "change">;
  /** Attaches video and sound again. */
  reattach: () => void;
}

/** Exists in Safari only: https://w3c.github.io/audio-session/ */
type AudioSession = EventTarget & { readonly state: "active" | "inactive" | "interrupted" };

/** Returns the kinds to request again. `interrupted`: the sound was taken, whatever the tracks say. */
export function kindsToRenew(tracks: readonly TrackState[], interrupted: boolean, waited: boolean): Kind[] {
  const renewed = tracks.filter(({ ended, muted }) => ended || (interrupted && !muted) || (muted && waited));
  return renewed.map(({ kind }) => kind);
}

export class Interruptions {
  private interrupted = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watched: MediaStreamTrack | undefined;

  constructor(private readonly options: InterruptionOptions) {}

  watch(): void {
    document.addEventListener("visibilitychange", () => this.back());
    addEventListener("pageshow", ({ persisted }) => persisted && this.back());
    const { audioSession } = navigator as { audioSession?: AudioSession };
    audioSession?.addEventListener("statechange", () => {
      if (audioSession.state === "interrupted") this.interrupted = true;
      else this.back();
    });
  }

  /** Watches the current microphone, because interruptions take it first. */
  update(): void {
    const track = this.options.media.track("audio");
    if (track === this.watched) return;
    this.watched = track;
    if (!track) return;
    track.onmute = () => {
      this.interrupted = true;
    };
    track.onunmute = () => this.back();
  }

  /** The visitor is back, or the sound is. */
  private back(): void {
    if (document.hidden) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!document.hidden) void this.renew(true); // a hidden page gets no camera on some phones
    }, PATIENCE_MS);
    void this.renew(false);
  }

  private async renew(waited: boolean): Promise<void> {
    const kinds = kindsToRenew(this.trackStates(), this.interrupted, waited);
    if (kinds.length === 0) return;
    this.interrupted = false;
    for (const kind of kinds) {
      const { deviceId } = this.options.media.settings(kind);
      const same = deviceId ? { deviceId: { ideal: deviceId } } : {};
      await this.options.media.change(kind, () => same, "interrupted");
    }
    this.options.reattach();
  }

  private trackStates(): TrackState[] {
    const kinds: Kind[] = ["audio", "video"];
    return kinds.flatMap((kind) => {
      const track = this.options.media.track(kind);
      return track ? [{ kind, ended: track.readyState === "ended", muted: track.muted }] : [];
    });
  }
}
