// The choice of devices in the settings, and the button for the other camera.

import type { Devices, Listed } from "../devices/device-list";
import type { LocalMedia } from "../devices/local-media";
import type { PageTranslator } from "../language/texts";
import type { Settings } from "../settings";
import { byId } from "./dom";

type Field = "camera" | "microphone" | "speaker";

export class DevicesView {
  private readonly flip = byId<HTMLButtonElement>("flip");
  private readonly canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;

  constructor(
    private readonly translator: PageTranslator,
    onFlip: () => Promise<void>,
  ) {
    this.flip.onclick = async () => {
      this.flip.disabled = true;
      await onFlip();
      this.flip.disabled = false;
    };
  }

  render(devices: Devices, media: LocalMedia, settings: Settings): void {
    const { cameras, microphones, speakers } = devices;
    const [camera, microphone] = [media.settings("video"), media.settings("audio")];
    this.offer("camera", cameras, settings.camera, camera.deviceId);
    this.offer("microphone", microphones, settings.microphone, microphone.deviceId);
    this.offer("speaker", speakers, settings.speaker, undefined);
    byId("speaker-field").hidden = !this.canChooseSpeaker || speakers.length === 0;
    byId("devices-hint").hidden = cameras.length + microphones.length > 0;
    this.flip.hidden = cameras.length < 2 || media.track("video") === undefined;
    // The front camera is shown mirrored. The back camera is not.
    byId("local").classList.toggle("away", camera.facingMode === "environment");
  }

  /** Shows the running device. If it was not chosen, it is shown as the browser's choice. */
  private offer(field: Field, listed: readonly Listed[], chosen: string | undefined, running?: string): void {
    const select = byId<HTMLSelectElement>(`${field}-choice`);
    const options = listed.map(({ label, deviceId }, place) => {
      return new Option(label || `${this.translator.text(field)} ${place + 1}`, deviceId);
    });
    const name = chosen === undefined && listed.find(({ deviceId }) => deviceId === running)?.label;
    const any = [this.translator.text("device_any"), name].filter(Boolean).join(" · ");
    select.replaceChildren(new Option(any, ""), ...options);
    select.disabled = listed.length === 0;
    select.value = chosen === undefined ? "" : (running ?? chosen);
    if (select.selectedIndex < 0) select.value = "";
  }
}
