// The dialog with what helps two people to understand each other, and the button that opens it.

import { button, byId, setText } from "../view/dom";
import { made, press, toggle } from "./elements";
import type { SpeechState } from "./own-speech";
import type { TranslationNote } from "./translation";
import type { Words } from "./words";

export interface SheetState {
  captions: "off" | "shown" | "asked" | "unable";
  /** Undefined: this browser cannot write speech down. */
  speech: SpeechState | undefined;
  /** The languages to choose from, and the chosen one. */
  languages: readonly string[];
  language: string;
  /** Undefined: this browser cannot translate. */
  translates: boolean | undefined;
  note: TranslationNote | undefined;
}

export interface SheetActions {
  captions: () => void;
  write: () => void;
  speak: (language: string) => void;
  translate: () => void;
  load: (language: string) => void;
}

const PROBLEMS = {
  refused: "write_refused",
  language: "write_language_missing",
  failed: "write_failed",
} as const;

export class UnderstandingSheet {
  private readonly opener: HTMLButtonElement;
  private readonly dialog = made("dialog", { id: "understanding" });
  private readonly title: HTMLElement;
  private readonly captions: Choice;
  private readonly write: Choice;
  private readonly language = made("select", {});
  private readonly translate: Choice;
  private readonly load: HTMLButtonElement;
  private loads = "";

  constructor(
    private readonly words: Words,
    locale: string,
    actions: SheetActions,
  ) {
    this.captions = new Choice(words.text("captions"), words.text("captions_hint"), actions.captions);
    this.write = new Choice(words.text("write"), words.text("write_hint"), actions.write);
    const target = words.language(locale);
    const hint = words.text("translate_hint", { language: target });
    this.translate = new Choice(words.text("translate"), hint, actions.translate);
    this.load = button(words.text("translate_load"), () => actions.load(this.loads));
    this.language.onchange = () => actions.speak(this.language.value);
    this.language.ariaLabel = words.text("write_language");
    this.write.place.append(this.language);
    this.translate.place.append(this.load);
    this.title = made("h2", { id: "understanding-title", tabIndex: -1 }, words.text("title"));
    this.opener = made("button", { id: "understanding-open", type: "button", className: "round" });
    this.opener.title = words.text("title");
    this.build();
  }

  private build(): void {
    const close = made("div", { className: "row ends" });
    close.append(button(this.words.close, () => this.dialog.close()));
    this.dialog.setAttribute("aria-labelledby", this.title.id);
    this.dialog.append(this.title, this.captions.place, this.write.place, this.translate.place, close);
    byId("report-dialog").before(this.dialog);
    this.opener.ariaLabel = this.words.text("title");
    this.opener.setAttribute("aria-haspopup", "dialog");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    path.setAttribute(
      "d",
      "M5 4h14a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zm0 7v2h4v-2zm6 0v2h8v-2zm-6 4v2h8v-2zm10 0v2h4v-2z",
    );
    path.setAttribute("fill-rule", "evenodd");
    icon.append(path);
    this.opener.append(icon);
    this.opener.onclick = () => this.open();
    byId("quality").before(this.opener);
  }

  private open(): void {
    this.dialog.showModal();
    this.title.focus();
  }

  /** Without a call there is nothing to choose. */
  render(state: SheetState | undefined): void {
    this.opener.hidden = !state;
    if (!state) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    const { captions, speech, translates } = state;
    this.captions.render(captions !== "off", captionsNote(captions, this.words));
    this.write.render(speech && (speech === "on" || speech === "loading"), this.speechNote(speech));
    this.renderLanguages(state);
    this.translate.render(translates, this.translationNote(state.note));
    this.opener.classList.toggle("in-use", captions !== "off" || translates === true);
  }

  private renderLanguages({ languages, language }: SheetState): void {
    if (this.language.childElementCount !== languages.length) {
      const options = languages.map((tag) => made("option", { value: tag }, this.words.language(tag)));
      this.language.replaceChildren(...options);
    }
    this.language.value = language;
    this.language.hidden = languages.length < 2;
  }

  private speechNote(speech: SpeechState | undefined): string | undefined {
    if (speech === "loading") return this.words.text("write_loading");
    if (speech === undefined || speech === "off" || speech === "on") return undefined;
    return this.words.text(PROBLEMS[speech]);
  }

  private translationNote(note: TranslationNote | undefined): string | undefined {
    this.loads = note?.is === "press" ? note.language : "";
    this.load.hidden = !this.loads;
    return note && noteText(note, this.words);
  }
}

/** What to say about translation at this moment. */
export function noteText(note: TranslationNote, words: Words): string {
  if (note.is === "failed") return words.text("translate_failed");
  const language = words.language(note.language);
  if (note.is !== "loading") return words.text(`translate_${note.is}`, { language });
  return words.text("translate_loading", { language, percent: words.percent(note.share) });
}

function captionsNote(captions: SheetState["captions"], words: Words): string | undefined {
  if (captions === "asked") return words.text("captions_asked");
  return captions === "unable" ? words.text("captions_unable") : undefined;
}

/** A button that is pressed or not, what it does, and what there is to say about it. */
class Choice {
  readonly place = made("div", { className: "field" });
  private readonly button: HTMLButtonElement;
  private readonly note = made("small", { hidden: true });

  constructor(name: string, hint: string, onClick: () => void) {
    this.button = toggle(name, onClick);
    const described = made("small", { id: `understanding-${Choice.made++}` }, hint);
    this.button.setAttribute("aria-describedby", described.id);
    this.note.setAttribute("role", "status");
    this.place.append(this.button, described, this.note);
  }

  private static made = 0;

  /** Undefined hides it. */
  render(pressed: boolean | undefined, note: string | undefined): void {
    this.place.hidden = pressed === undefined;
    press(this.button, pressed === true);
    setText(this.note, note);
  }
}
