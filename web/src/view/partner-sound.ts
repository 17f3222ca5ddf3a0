// How loud the stranger is: a button that mutes them, and their volume.

import type { PageState } from "../page-state";
import { byId } from "./dom";

export class PartnerSoundView {
  private readonly button = byId("mute-stranger");
  private readonly volume = byId<HTMLInputElement>("volume");
  private match: string | undefined;

  constructor(private readonly remote: HTMLVideoElement) {
    this.button.onclick = () => this.mute(!remote.muted);
    this.volume.oninput = () => {
      remote.volume = this.volume.valueAsNumber / 100;
      this.mute(false);
    };
    this.volume.hidden = !canSetVolume(remote);
  }

  /** The next stranger is heard again, as loud as this one. */
  render({ call: { conversation } }: PageState): void {
    if (conversation?.match === this.match) return;
    this.match = conversation?.match;
    this.mute(false);
  }

  private mute(muted: boolean): void {
    this.remote.muted = muted;
    this.button.setAttribute("aria-pressed", String(muted));
    this.button.classList.toggle("off", muted);
  }
}

/** On an iPhone only its buttons change the volume. */
function canSetVolume(remote: HTMLVideoElement): boolean {
  const before = remote.volume;
  remote.volume = 0.5;
  const changed = remote.volume === 0.5;
  remote.volume = before;
  return changed;
}
