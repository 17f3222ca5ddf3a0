// The part of the settings about what happens when somebody comes, and the test of the speaker.

import type { When } from "../core/arrival";
import { button, byId } from "../view/dom";
import { askForNotifications, hasNotifications, mayNotify } from "./arrival-notification";
import { vibrate } from "./arrival-sound";
import type { ArrivalStore } from "./arrival-store";
import type { ArrivalKey, ArrivalTranslator } from "./texts";

export interface ArrivalSectionParts {
  translator: ArrivalTranslator;
  kept: ArrivalStore;
  /** Plays the sound, on the speaker that plays the stranger if it is to be tested. */
  play: (speaker: "" | "chosen") => void;
}

const SOUNDS: readonly [When, ArrivalKey][] = [
  ["off", "sound_off"],
  ["elsewhere", "sound_elsewhere"],
  ["always", "sound_always"],
];

export class ArrivalSection {
  private readonly sound = document.createElement("select");
  private readonly notify = document.createElement("input");
  private readonly blocked = document.createElement("small");

  constructor(private readonly parts: ArrivalSectionParts) {
    const section = document.createElement("section");
    const title = document.createElement("h3");
    title.id = "settings-arrival";
    title.textContent = this.text("title");
    section.setAttribute("aria-labelledby", title.id);
    section.append(title, this.soundField(), ...(hasNotifications() ? [this.notifyField()] : []));
    const devices = byId("settings-devices").closest("section");
    devices?.after(section);
    byId("speaker-field").after(this.speakerTest());
  }

  render(): void {
    const { sound, notify } = this.parts.kept.settings;
    this.sound.value = sound;
    this.notify.checked = notify && mayNotify();
  }

  private soundField(): HTMLElement {
    const { sound } = this;
    const { kept, play } = this.parts;
    sound.id = "arrival-sound";
    sound.append(...SOUNDS.map(([when, key]) => new Option(this.text(key), when)));
    sound.onchange = () => kept.change({ sound: sound.value as When });
    const test = button(this.text("sound_test"), () => {
      play("");
      vibrate();
    });
    return field(labelFor(sound, this.text("sound")), sound, this.hint(sound, "sound_hint"), test);
  }

  private notifyField(): HTMLElement {
    const { notify, blocked } = this;
    notify.type = "checkbox";
    notify.id = "arrival-notify";
    notify.onchange = () => void this.changeNotify();
    blocked.setAttribute("role", "status");
    const label = document.createElement("label");
    label.className = "check";
    const words = document.createElement("span");
    words.textContent = this.text("notify");
    label.append(notify, words);
    return field(label, this.hint(notify, "notify_hint"), blocked);
  }

  private speakerTest(): HTMLElement {
    return field(button(this.text("speaker_test"), () => this.parts.play("chosen")));
  }

  /** The browser asks, once. Who said no must change it there. */
  private async changeNotify(): Promise<void> {
    const notify = this.notify.checked && (await askForNotifications());
    this.blocked.textContent = this.notify.checked && !notify ? this.text("notify_blocked") : "";
    this.parts.kept.change({ notify });
    this.render();
  }

  private hint(of: HTMLElement, key: ArrivalKey): HTMLElement {
    const hint = document.createElement("small");
    hint.id = `${of.id}-hint`;
    hint.textContent = this.text(key);
    of.setAttribute("aria-describedby", hint.id);
    return hint;
  }

  private text(key: ArrivalKey): string {
    return this.parts.translator.text(key);
  }
}

function field(...parts: Node[]): HTMLElement {
  const made = document.createElement("div");
  made.className = "field";
  made.append(...parts);
  return made;
}

function labelFor(control: HTMLElement, text: string): HTMLElement {
  const label = document.createElement("label");
  label.htmlFor = control.id;
  label.textContent = text;
  return label;
}
