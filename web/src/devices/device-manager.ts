// Manages camera, microphone and speaker, and reacts when one is connected or disconnected.

import type { Settings } from "../settings";
import {
  type Devices,
  devicesOf,
  has,
  type Kind,
  type Listed,
  otherCamera,
  returned,
  speakerOf,
} from "./device-list";
import type { LocalMedia, Why } from "./local-media";

const KINDS: readonly Kind[] = ["video", "audio"];

export interface DeviceManagerOptions {
  media: LocalMedia;
  /** The element that plays the stranger. */
  output: HTMLMediaElement;
  settings: () => Settings;
  onDevices: (devices: Devices) => void;
}

export class DeviceManager {
  devices: Devices = devicesOf([]);
  private listed: readonly Listed[] = [];
  private running = "";
  /** The kinds that run on a substitute because the chosen device went away. */
  private readonly fellBack = new Set<Kind>();

  constructor(private readonly options: DeviceManagerOptions) {}

  watch(): void {
    this.mediaDevices()?.addEventListener("devicechange", () => void this.devicesChanged());
  }

  /** Lists the devices when another one runs. Only then does the browser tell their names. */
  update(): void {
    const running = KINDS.map((kind) => this.options.media.track(kind)?.id).join();
    if (running === this.running) return;
    this.running = running;
    void this.list();
  }

  /** Changes to the camera on the other side, or to the next one. */
  async flip(): Promise<void> {
    const { media } = this.options;
    const other = otherCamera(this.devices.cameras, media.settings("video"));
    if (other) await media.change("video", () => other);
  }

  /** Changes to the devices of new settings. */
  async settingsChanged(before: Settings, now: Settings): Promise<void> {
    const { media } = this.options;
    media.setChoice(now);
    if (before.camera !== now.camera) await media.change("video", () => exactly(now.camera));
    // Requests the same device once more, for another frame rate, a blurred background or other sound.
    else if (before.signing !== now.signing || before.blur !== now.blur) await this.requestAgain("video");
    if (before.microphone !== now.microphone) await media.change("audio", () => exactly(now.microphone));
    else if (before.echo !== now.echo || before.noise !== now.noise) await this.requestAgain("audio");
    if (before.speaker !== now.speaker) await this.applySpeaker();
  }

  private requestAgain(kind: Kind): Promise<void> {
    const { media } = this.options;
    return media.change(kind, () => exactly(media.settings(kind).deviceId));
  }

  trackReplaced(track: MediaStreamTrack, why: Why): void {
    const kind = track.kind as Kind;
    if (why === "lost") this.fellBack.add(kind);
    else if (why === "chosen" || why === "missing") this.fellBack.delete(kind);
  }

  private mediaDevices(): MediaDevices | undefined {
    return navigator.mediaDevices as MediaDevices | undefined; // exists on secure pages only
  }

  private async list(): Promise<void> {
    this.listed = (await this.mediaDevices()?.enumerateDevices()) ?? [];
    this.devices = devicesOf(this.listed);
    this.options.onDevices(this.devices);
    await this.applySpeaker();
  }

  private async devicesChanged(): Promise<void> {
    await this.list();
    const { media } = this.options;
    if (!media.stream && media.state === "missing" && this.wanted().every((kind) => this.hasDevice(kind))) {
      await media.use(media.mode);
      return;
    }
    for (const kind of this.wanted()) await this.restoreDevice(kind);
  }

  /** Replaces a lost device, and takes the chosen one again once it is back. */
  private async restoreDevice(kind: Kind): Promise<void> {
    const { media, settings } = this.options;
    const { deviceId } = media.settings(kind);
    const [list, chosen] =
      kind === "video"
        ? [this.devices.cameras, settings().camera]
        : [this.devices.microphones, settings().microphone];
    const back = this.fellBack.has(kind) ? returned(list, chosen, deviceId) : undefined;
    if (back) await media.change(kind, () => exactly(back));
    else if (!media.track(kind)) {
      if (this.hasDevice(kind)) await media.change(kind, undefined, "missing");
    } else if (this.hasNames() && !has(this.listed, deviceId)) await media.change(kind, undefined, "lost");
  }

  private wanted(): readonly Kind[] {
    const { mode } = this.options.media;
    return KINDS.filter((kind) => mode === "video" || (mode === "audio" && kind === "audio"));
  }

  private hasDevice(kind: Kind): boolean {
    return this.listed.some((device) => device.kind === `${kind}input`);
  }

  /** Returns whether the list is complete enough to show that a device is missing. */
  private hasNames(): boolean {
    return this.listed.some(({ deviceId }) => deviceId !== "");
  }

  /** Sets the speaker, where the browser allows it. */
  private async applySpeaker(): Promise<void> {
    const { output, settings } = this.options;
    const sink = speakerOf(this.devices, settings());
    if ("setSinkId" in output && output.sinkId !== sink) await output.setSinkId(sink);
  }
}

function exactly(id: string | undefined): MediaTrackConstraints {
  return id === undefined ? {} : { deviceId: { exact: id } };
}
