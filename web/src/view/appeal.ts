// The appeal on the page of a ban: its form, its state, the answer, and the way back.

import { type Answer, APPEAL_LENGTH, type Appeal } from "../ban/appeals-client";
import type { Key, PageTranslator } from "../language/texts";
import { timeOf } from "./ban";
import { byId, setText } from "./dom";
import { announce } from "./notifications";

/** "over": the ban has ended. "asking": the state is not known yet. */
export type Shown = Exclude<Answer, "unreached"> | "over" | "asking";

/** The states in which the appeal has arrived. */
const SENT: ReadonlySet<string> = new Set(["open", "upheld", "overturned"]);

export interface AppealActions {
  send: (text: string) => void;
  /** The text has changed. */
  written: (text: string) => void;
  startAgain: () => void;
}

export class AppealView {
  state: Appeal["state"] | Extract<Shown, string> = "asking";
  private readonly text = byId<HTMLTextAreaElement>("appeal-text");

  constructor(
    private readonly translator: PageTranslator,
    actions: AppealActions,
  ) {
    byId<HTMLFormElement>("appeal-form").onsubmit = (event) => {
      event.preventDefault();
      const text = this.text.value.trim();
      if (text) actions.send(text);
    };
    this.text.oninput = () => {
      actions.written(this.text.value);
      this.count();
    };
    byId("start-again").onclick = actions.startAgain;
  }

  /** Shows the text that was typed before. */
  begin(text: string): void {
    this.text.value = text;
    this.count();
  }

  show(shown: Shown): void {
    const state = typeof shown === "string" ? shown : shown.state;
    this.state = state;
    const free = state === "overturned" || state === "over";
    byId("appeal").dataset.state = state;
    byId("appeal-title").hidden = state !== "none";
    byId("appeal-form").hidden = state !== "none";
    byId("start-again").hidden = !free;
    if (free) {
      const title = this.translator.text("free_title");
      byId("ban-title").textContent = title;
      byId("ban-until").hidden = true;
      announce(title); // a screen reader has heard of the ban before
    }
    setText(byId("appeal-state"), state === "asking" ? undefined : this.sentence(shown, state));
    this.showSent(SENT.has(state));
    setText(byId("appeal-answer"), typeof shown === "string" ? undefined : shown.answer);
  }

  /** Shows before the state what the visitor wrote. Without a text, as in another browser, it shows nothing. */
  private showSent(sent: boolean): void {
    document.getElementById("appeal-sent")?.remove();
    const text = this.text.value.trim();
    if (!sent || !text) return;
    const [title, quote] = [document.createElement("p"), document.createElement("blockquote")];
    title.className = "label";
    title.textContent = this.translator.text("appeal_label");
    quote.dir = "auto";
    quote.textContent = text;
    const place = Object.assign(document.createElement("div"), { id: "appeal-sent" });
    place.append(title, quote);
    byId("appeal-state").before(place);
  }

  /** Sending failed. The text stays. */
  showUnsent(): void {
    setText(byId("appeal-state"), this.translator.text("appeal_unsent"));
  }

  setBusy(busy: boolean): void {
    byId<HTMLButtonElement>("appeal-send").disabled = busy;
    this.text.readOnly = busy;
  }

  private sentence(shown: Shown, state: string): string {
    const said = this.translator.text(`appeal_${state}` as Key);
    const until = typeof shown === "string" ? undefined : timeOf(shown.appeal_until, this.translator);
    return state === "none" && until ? `${said} ${this.translator.text("appeal_until", { until })}` : said;
  }

  private count(): void {
    const values = { count: this.text.value.length, most: APPEAL_LENGTH };
    byId("appeal-count").textContent = this.translator.text("appeal_count", values);
  }
}
