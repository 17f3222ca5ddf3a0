// Settings for picture and sound that stand with the devices. `view/settings.ts` handles the switches like its own.

import type { MyPictureTexts } from "../my-picture/texts";
import { byId } from "../view/dom";
import { CameraMoves, type MovableCamera } from "./camera-moves";

export class CameraSettings {
  private readonly moves: CameraMoves;

  constructor(texts: MyPictureTexts, site: string, media: MovableCamera) {
    this.moves = new CameraMoves(texts, site, media);
    const blur = field("blur-hint", texts.blur_hint, switchOf("blur", texts.blur));
    const sounds = [switchOf("echo", texts.echo), switchOf("noise", texts.noise)];
    fieldOf(byId("camera-choice")).after(blur, ...this.moves.fields);
    byId("speaker-field").after(field("sound-hint", texts.sound_hint, ...sounds));
  }

  render(): void {
    this.moves.render();
  }
}

function switchOf(name: "blur" | "echo" | "noise", text: string): HTMLElement {
  const label = Object.assign(document.createElement("label"), { className: "check" });
  const words = document.createElement("span");
  words.textContent = text;
  label.append(Object.assign(document.createElement("input"), { type: "checkbox", name }), words);
  return label;
}

function fieldOf(element: Element): Element {
  const found = element.closest(".field");
  if (!found) throw new Error(`#${element.id} is in no field`);
  return found;
}

function field(id: string, text: string, ...switches: readonly HTMLElement[]): HTMLElement {
  const made = Object.assign(document.createElement("div"), { className: "field" });
  const hint = Object.assign(document.createElement("small"), { id });
  hint.textContent = text;
  for (const label of switches) label.querySelector("input")?.setAttribute("aria-describedby", id);
  made.append(...switches, hint);
  return made;
}
