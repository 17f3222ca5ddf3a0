// The form of the wish: mode, interests, languages.

import type { Words } from "../i18n";
import type { Mode } from "../messages.generated";
import { MAX } from "../messages.generated";
import { addInterests, type Preferences } from "../preferences";
import { button, byId } from "./dom";

const OFFERED =
  "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv ta th tr uk ur vi zh".split(
    " ",
  );

export class SetupView {
  private readonly interest = byId<HTMLInputElement>("interest");
  private readonly language = byId<HTMLSelectElement>("language");
  private readonly strict = byId<HTMLInputElement>("strict");

  constructor(
    private readonly words: Words,
    private preferences: Preferences,
    private readonly onChange: (preferences: Preferences) => void,
    onStart: () => void,
  ) {
    byId<HTMLFormElement>("setup").onsubmit = (event) => {
      event.preventDefault();
      this.takeTyped();
      onStart();
    };
    this.interest.onkeydown = (event) => this.typed(event);
    this.interest.oninput = () => this.interest.value.includes(",") && this.takeTyped();
    this.interest.onblur = () => this.takeTyped();
    this.language.onchange = () => this.addLanguage(this.language.value);
    this.strict.onchange = () => this.change({ strict: this.strict.checked });
    for (const radio of this.radios()) radio.onchange = () => this.change({ mode: radio.value as Mode });
    this.render();
  }

  setMode(mode: Mode): void {
    this.change({ mode });
  }

  private radios(): NodeListOf<HTMLInputElement> {
    return document.querySelectorAll<HTMLInputElement>('input[name="mode"]');
  }

  private change(change: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...change };
    this.render();
    this.onChange(this.preferences);
  }

  private typed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.interest.value.trim()) {
      event.preventDefault();
      this.takeTyped();
    } else if (event.key === "Backspace" && !this.interest.value) {
      this.change({ interests: this.preferences.interests.slice(0, -1) });
    }
  }

  private takeTyped(): void {
    if (!this.interest.value.trim()) return;
    const interests = addInterests(this.preferences.interests, this.interest.value);
    this.interest.value = "";
    this.change({ interests });
  }

  private addLanguage(tag: string): void {
    const languages = [...new Set([...this.preferences.languages, tag])].slice(0, MAX.find.languages);
    if (tag) this.change({ languages });
  }

  private render(): void {
    const { mode, interests, languages, strict } = this.preferences;
    for (const radio of this.radios()) radio.checked = radio.value === mode;
    this.strict.checked = strict;
    this.interest.hidden = interests.length >= MAX.find.interests;
    this.chips("interests", interests, (tag) => tag);
    this.chips("languages", languages, this.words.language);
    this.offerLanguages(languages);
  }

  private chips(id: "interests" | "languages", values: string[], nameOf: (value: string) => string): void {
    const items = values.map((value) => {
      const item = document.createElement("li");
      const name = nameOf(value);
      const chip = button(name, () => this.change({ [id]: values.filter((other) => other !== value) }));
      chip.setAttribute("aria-label", this.words.text("remove", { name }));
      item.append(chip);
      return item;
    });
    byId(id).replaceChildren(...items);
  }

  private offerLanguages(chosen: string[]): void {
    const { words } = this;
    const options = OFFERED.filter((tag) => !chosen.includes(tag))
      .map((tag) => new Option(words.language(tag), tag))
      .sort((a, b) => a.text.localeCompare(b.text, words.locale));
    this.language.replaceChildren(new Option(`${words.text("language_add")} …`, ""), ...options);
    this.language.hidden = chosen.length >= MAX.find.languages;
  }
}
