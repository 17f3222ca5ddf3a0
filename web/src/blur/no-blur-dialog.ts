// Says that the background cannot be blurred and that the camera is off, and asks what to do.

import type { MyPictureTexts } from "../my-picture/texts";
import { button } from "../view/dom";
import type { WhyNoBlur } from "./blurred-track";

export class NoBlurDialog {
  constructor(
    private readonly texts: MyPictureTexts,
    private readonly showUnblurred: () => void,
  ) {}

  open(why: WhyNoBlur): void {
    document.getElementById("no-blur")?.remove(); // an earlier one says less
    const { texts } = this;
    const dialog = document.createElement("dialog");
    dialog.id = "no-blur";
    dialog.setAttribute("aria-labelledby", "no-blur-title");
    const title = Object.assign(document.createElement("h2"), { id: "no-blur-title", tabIndex: -1 });
    title.textContent = texts.no_blur;
    const text = document.createElement("p");
    text.textContent = texts[`no_blur_${why}`];
    const choices = Object.assign(document.createElement("div"), { className: "row ends" });
    const show = button(texts.show_unblurred, () => {
      dialog.close();
      this.showUnblurred();
    });
    choices.append(
      button(texts.keep_off, () => dialog.close()),
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
