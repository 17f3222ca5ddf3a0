// The dialog in which a visitor makes an invitation.

import type { AskedInvitation, MadeInvitation } from "../http.generated";
import type { PageTranslator } from "../language/texts";
import type { Mode } from "../messages.generated";
import { button } from "../view/dom";
import type { MeetingsClient } from "./meetings-client";
import type { MeetTexts } from "./texts";

const HOUR_S = 3600;

export interface InviteDialogParts {
  translator: PageTranslator;
  texts: MeetTexts;
  client: Pick<MeetingsClient, "invite">;
  onMade: (made: MadeInvitation, asked: AskedInvitation) => void;
}

export class InviteDialog {
  private readonly dialog = document.createElement("dialog");
  private readonly heading = document.createElement("h2");
  private readonly validity = document.createElement("select");
  private readonly several = document.createElement("input");
  private readonly problem = document.createElement("p");
  private readonly make: HTMLButtonElement;
  private mode: Mode = "video";

  constructor(private readonly parts: InviteDialogParts) {
    const { texts, translator } = parts;
    this.dialog.id = "invite-dialog";
    this.dialog.setAttribute("aria-labelledby", "invite-title");
    Object.assign(this.heading, { id: "invite-title", tabIndex: -1 });
    this.make = button(texts.make, () => void this.invite());
    this.make.className = "primary";
    this.problem.setAttribute("role", "alert");
    const form = document.createElement("form");
    const explained = Object.assign(document.createElement("p"), { textContent: texts.invite_text });
    const row = Object.assign(document.createElement("div"), { className: "row ends" });
    row.append(
      button(translator.text("close"), () => this.dialog.close()),
      this.make,
    );
    form.append(this.heading, explained, this.goodFor(), this.forSeveral(), this.problem, row);
    this.dialog.append(form);
    document.body.append(this.dialog);
  }

  /** `ready` says whether the camera and the microphone are there. */
  show(mode: Mode, ready: boolean): void {
    const { texts, translator } = this.parts;
    this.mode = mode;
    this.heading.textContent = `${texts.invite_title} · ${translator.text(`mode_${mode}`)}`;
    this.problem.textContent = "";
    this.make.disabled = !ready;
    this.dialog.showModal();
    this.heading.focus(); // not a button, which a late key press would trigger
  }

  private goodFor(): HTMLElement {
    const { good_for, hour, day, week } = this.parts.texts;
    const [field, label] = [document.createElement("div"), document.createElement("label")];
    field.className = "field";
    Object.assign(label, { htmlFor: "invite-validity", textContent: good_for });
    this.validity.id = "invite-validity";
    for (const [name, hours] of [
      [hour, 1],
      [day, 24],
      [week, 7 * 24],
    ] as const)
      this.validity.append(new Option(name, String(hours * HOUR_S)));
    field.append(label, this.validity);
    return field;
  }

  private forSeveral(): HTMLElement {
    const [label, text] = [document.createElement("label"), document.createElement("span")];
    label.className = "check";
    this.several.type = "checkbox";
    text.textContent = this.parts.texts.several;
    label.append(this.several, text);
    return label;
  }

  private async invite(): Promise<void> {
    const { client, texts, onMade } = this.parts;
    const asked = { mode: this.mode, seconds: Number(this.validity.value), line: this.several.checked };
    this.make.disabled = true;
    const made = await client.invite(asked);
    this.make.disabled = false;
    if (!this.dialog.open) return; // given up meanwhile
    if (typeof made === "string") {
      this.problem.textContent = texts.failed;
      return;
    }
    this.dialog.close();
    onMade(made, asked);
  }
}
