// The settings for picture and sound that are loaded with the first look at the settings. They stand with the devices.

import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { byId } from "../view/dom";
import { CameraMoves, type MovableCamera } from "./camera-moves";
import { CAMERA_TEXTS } from "./texts";
import "../style/camera-settings.css";

type Switch = "blur" | "echo" | "noise";

export class CameraSettingsView {
  private readonly moves: CameraMoves;
  private readonly switches: readonly HTMLInputElement[];

  constructor(
    translator: PageTranslator,
    media: MovableCamera,
    private readonly dispatch: Dispatch,
  ) {
    const texts = CAMERA_TEXTS[translator.locale as Locale];
    const blur = this.switchOf("blur", texts.blur, "blur-hint");
    const echo = this.switchOf("echo", texts.echo, "sound-hint");
    const noise = this.switchOf("noise", texts.noise, "sound-hint");
    this.switches = [blur.input, echo.input, noise.input];
    this.moves = new CameraMoves(texts, translator.site, media);
    fieldOf("camera-choice").after(field(blur.label, hint("blur-hint", texts.blur_hint)), this.moves.field);
    const sound = field(echo.label, noise.label, hint("sound-hint", texts.sound_hint));
    byId("speaker-field").after(sound);
  }

  render({ settings }: PageState): void {
    for (const input of this.switches) input.checked = settings[input.name as Switch];
    this.moves.render();
  }

  private switchOf(name: Switch, text: string, described: string) {
    const input = Object.assign(document.createElement("input"), { type: "checkbox", name });
    input.setAttribute("aria-describedby", described);
    input.onchange = () => this.dispatch({ type: "change_settings", change: { [name]: input.checked } });
    const label = Object.assign(document.createElement("label"), { className: "check" });
    const words = document.createElement("span");
    words.textContent = text;
    label.append(input, words);
    return { input, label };
  }
}

function fieldOf(id: string): Element {
  const found = byId(id).closest(".field");
  if (!found) throw new Error(`#${id} is in no field`);
  return found;
}

function field(...content: readonly Node[]): HTMLElement {
  const made = Object.assign(document.createElement("div"), { className: "field" });
  made.append(...content);
  return made;
}

function hint(id: string, text: string): HTMLElement {
  const made = Object.assign(document.createElement("small"), { id });
  made.textContent = text;
  return made;
}
