// Joins what shows and carries a call to the page: the devices at once, the rest with the first meeting.

import type { Call } from "./call/state";
import { Equipment } from "./devices/equipment";
import type { Media, Why } from "./devices/media";
import type { InCall } from "./in-call";
import type { Words } from "./language/i18n";
import type { Settings } from "./settings";
import type { Talk } from "./talk";
import { DevicesView } from "./view/devices";
import { toast } from "./view/notices";
import type { StageView } from "./view/stage";

export interface ApparatusOptions {
  words: Words;
  settings: Settings;
  media: Media;
  talk: Talk;
  stage: StageView;
  /** What the stage shows has changed. */
  changed: () => void;
}

const RETRY_MS = 10_000;

export class Apparatus {
  private settings: Settings;
  private readonly equipment: Equipment;
  private readonly devices: DevicesView;
  private inCall: InCall | undefined;
  private loading: Promise<void> | undefined;

  constructor(private readonly options: ApparatusOptions) {
    const { words, settings, media, stage } = options;
    this.settings = settings;
    media.choose(settings);
    this.equipment = new Equipment({
      media,
      output: stage.remote,
      settings: () => this.settings,
      onDevices: (devices) => this.devices.render(devices, media, this.settings),
    });
    this.devices = new DevicesView(words, () => this.equipment.flip());
    this.equipment.watch();
  }

  set(settings: Settings): void {
    const before = this.settings;
    this.settings = settings;
    void this.equipment.chosen(before, settings);
  }

  /** Of my own camera and microphone: the stranger gets the new one too. */
  replaced(track: MediaStreamTrack, why: Why): void {
    const { talk, words } = this.options;
    talk.replace(track);
    this.equipment.replaced(track, why);
    if (why === "lost") toast(words.text(`lost_${track.kind as "audio" | "video"}`, { name: track.label }));
  }

  render(call: Call): void {
    this.equipment.attend();
    if (call.meeting && !this.inCall) this.loading ??= this.load();
    this.inCall?.render(call);
  }

  private load(): Promise<void> {
    return import("./in-call").then(
      ({ InCall }) => {
        this.inCall = new InCall(this.options);
        this.options.changed();
      },
      (error: Error) => {
        // The call goes on, as the browser alone thinks best; the next meeting tries again.
        console.info("what a call needs was not loaded:", error.name);
        setTimeout(() => {
          this.loading = undefined;
        }, RETRY_MS);
      },
    );
  }
}
