// Says that the background cannot be blurred and that the camera is off, and asks what to do.

import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import { button } from "../view/dom";
import type { WhyNoBlur } from "./blurred-track";
import { BLUR_TEXTS } from "./texts";

export class NoBlurDialog {
  constructor(
    private readonly translator: PageTranslator,
    private readonly showUnblurred: () => void,
  ) {}

  open(why: WhyNoBlur): void {
    document.getElementById("no-blur")?.remove(); // an earlier one says less
    const texts = BLUR_TEXTS[this.translator.locale as Locale];
    const dialog = document.createElement("dialog");
    dialog.id = "no-blur";
    dialog.setAttribute("aria-labelledby", "no-blur-title");
    const title = Object.assign(document.createElement("h2"), { id: "no-blur-title", tabIndex: -1 });
    title.textContent = texts.title;
    const text = document.createElement("p");
    text.textContent = texts[why];
    const choices = Object.assign(document.createElement("div"), { className: "row ends" });
    const show = button(texts.show, () => {
      dialog.close();
      this.showUnblurred();
    });
    choices.append(
      button(texts.stay, () => dialog.close()),
      show,
    );
    const form = Object.assign(document.createElement("form"), { method: "dialog" });
    form.append(title, text, choices);
    dialog.append(form);
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
    title.focus();
  }
}
