// The form of the wish: mode, interests, languages, countries.

import { COUNTRIES } from "../countries";
import type { Words } from "../i18n";
import type { Mode } from "../messages.generated";
import { MAX } from "../messages.generated";
import { addInterests, type Preferences } from "../preferences";
import { button, byId } from "./dom";

const OFFERED =
  "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv ta th tr uk ur vi zh".split(
    " ",
  );

const MOST = { languages: MAX.find.languages, avoid: MAX.find.avoid_countries };

export class SetupView {
  private readonly order: Intl.Collator;
  private readonly interest = byId<HTMLInputElement>("interest");
  private readonly language = byId<HTMLSelectElement>("language");
  private readonly strict = byId<HTMLInputElement>("strict");
  private readonly nearby = byId<HTMLInputElement>("nearby");
  private readonly country = byId<HTMLSelectElement>("country");

  constructor(
    private readonly words: Words,
    private preferences: Preferences,
    private readonly onChange: (preferences: Preferences) => void,
    onStart: () => void,
  ) {
    this.order = new Intl.Collator(words.locale);
    byId<HTMLFormElement>("setup").onsubmit = (event) => {
      event.preventDefault();
      this.takeTyped();
      onStart();
    };
    this.interest.onkeydown = (event) => this.typed(event);
    this.interest.oninput = () => this.interest.value.includes(",") && this.takeTyped();
    this.interest.onblur = () => this.takeTyped();
    this.language.onchange = () => this.add("languages", this.language.value);
    this.country.onchange = () => this.add("avoid", this.country.value);
    this.strict.onchange = () => this.change({ strict: this.strict.checked });
    this.nearby.onchange = () => this.change({ nearby: this.nearby.checked });
    byId<HTMLDetailsElement>("more").open = preferences.avoid.length > 0;
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

  private add(id: "languages" | "avoid", code: string): void {
    if (code) this.change({ [id]: [...new Set([...this.preferences[id], code])].slice(0, MOST[id]) });
  }

  private render(): void {
    const { words } = this;
    const { mode, interests, languages, strict, nearby, avoid } = this.preferences;
    for (const radio of this.radios()) radio.checked = radio.value === mode;
    this.strict.checked = strict;
    this.nearby.checked = nearby;
    this.interest.hidden = interests.length >= MAX.find.interests;
    this.chips("interests", interests, (tag) => tag);
    this.chips("languages", languages, words.language);
    this.chips("avoid", avoid, words.country);
    this.offer(this.language, OFFERED, languages, words.language, words.text("language_add"));
    this.offer(this.country, COUNTRIES, avoid, words.country, words.text("avoid_add"));
    this.language.hidden = languages.length >= MOST.languages;
    this.country.hidden = avoid.length >= MOST.avoid;
  }

  private chips(
    id: "interests" | "languages" | "avoid",
    values: string[],
    nameOf: (value: string) => string,
  ): void {
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

  private offer(
    select: HTMLSelectElement,
    codes: readonly string[],
    chosen: readonly string[],
    nameOf: (code: string) => string,
    title: string,
  ): void {
    const options = codes
      .filter((code) => !chosen.includes(code))
      .map((code) => new Option(nameOf(code), code))
      .sort((a, b) => this.order.compare(a.text, b.text));
    select.replaceChildren(new Option(`${title} …`, ""), ...options);
  }
}
