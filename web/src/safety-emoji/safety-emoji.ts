// Shows the four pictures of a call: where the word for the connection is explained, and on a phone, which has no room
// for that word, with captions and translation.

import type { CallMedia } from "../call-media";
import type { Dispatch, PageState, View } from "../page-state";
import { toast } from "../view/notifications";
import { SafetyCheck } from "./safety-check";
import { loadSafetyTexts, type SafetyTexts } from "./texts";
import "./safety-emoji.css";

export interface SafetyEmojiParts {
  locale: string;
  callMedia: Pick<CallMedia, "peer">;
  dispatch: Dispatch;
}

export class SafetyEmoji implements View {
  /** Stands where the word for the connection is explained. */
  readonly atQuality = block("safety-emoji");
  private readonly inSheet = block("safety-emoji field");
  private readonly check = new SafetyCheck(() => this.changed());
  private texts: SafetyTexts | undefined;
  private loading: Promise<void> | undefined;

  constructor(private readonly parts: SafetyEmojiParts) {}

  render({ call: { conversation } }: PageState): void {
    const talks = conversation !== undefined && conversation.mode !== "text";
    this.check.update(talks ? conversation : undefined, talks ? this.parts.callMedia.peer : undefined);
    // The sheet is loaded with the call, too, and may come later.
    const sheet = document.getElementById("understanding");
    if (sheet && !this.inSheet.isConnected) sheet.lastElementChild?.before(this.inSheet);
    if (!this.check.result) this.write();
  }

  private changed(): void {
    this.loading ??= this.load();
    void this.loading.then(() => {
      this.write();
      if (this.check.result === "failed" && this.texts) toast(this.texts.safety_failed);
    });
  }

  private async load(): Promise<void> {
    try {
      this.texts = await loadSafetyTexts(this.parts.locale);
      this.parts.dispatch({ type: "changed" });
    } catch (error) {
      this.loading = undefined; // with the next connection
      console.info("The words about the four pictures could not be loaded:", (error as Error).name);
    }
  }

  private write(): void {
    const shown = this.texts && this.check.result;
    for (const place of [this.atQuality, this.inSheet]) {
      place.hidden = !shown;
      place.replaceChildren(...(shown ? this.said(place === this.inSheet) : []));
    }
  }

  /** The sheet is about something else, so there it has a title. */
  private said(titled: boolean): HTMLElement[] {
    const { texts } = this;
    const { result, renewed } = this.check;
    if (!texts || !result) return [];
    const parts = titled ? [line("strong", texts.safety_title)] : [];
    if (result === "failed") return [...parts, line("small", texts.safety_failed)];
    const pictures = line("span", result.map(([picture]) => picture).join(" "));
    pictures.className = "four";
    pictures.role = "img";
    pictures.ariaLabel = result.map(([, name]) => texts[name]).join(", ");
    const words = renewed ? `${texts.safety_renewed} ${texts.safety_both}` : texts.safety_both;
    return [...parts, pictures, line("small", words)];
  }
}

function block(className: string): HTMLElement {
  const made = document.createElement("span");
  made.className = className;
  made.hidden = true;
  return made;
}

function line(tag: "strong" | "small" | "span", text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
