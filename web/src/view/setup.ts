// The form for the wish: mode, interests, languages and countries.

import { COUNTRIES } from "../countries";
import type { LocalMedia } from "../devices/local-media";
import { LANGUAGES } from "../language/languages";
import type { PageTranslator } from "../language/texts";
import type { Mode } from "../messages.generated";
import { MAX } from "../messages.generated";
import type { Dispatch, PageState } from "../page-state";
import { addInterests, COMMA, type Preferences, tooLong, wishOf } from "../preferences";
import type { AddressNotice } from "../site/address-notice";
import { button, byId, setText } from "./dom";
import { announce } from "./notifications";

type List = "interests" | "languages" | "avoid";

const MOST: Record<List, number> = {
  interests: MAX.find.interests,
  languages: MAX.find.languages,
  avoid: MAX.find.avoid_countries,
};

export class SetupView {
  private readonly order: Intl.Collator;
  private readonly interest = byId<HTMLInputElement>("interest");
  private readonly language = byId<HTMLSelectElement>("language");
  private readonly strict = byId<HTMLInputElement>("strict");
  private readonly nearby = byId<HTMLInputElement>("nearby");
  private readonly country = byId<HTMLSelectElement>("country");
  private readonly adders = { interests: this.interest, languages: this.language, avoid: this.country };

  constructor(
    private readonly translator: PageTranslator,
    private preferences: Preferences,
    private readonly media: Pick<LocalMedia, "suits">,
    private readonly address: AddressNotice,
    private readonly dispatch: Dispatch,
  ) {
    this.order = new Intl.Collator(translator.locale);
    byId<HTMLFormElement>("setup").onsubmit = (event) => {
      event.preventDefault();
      this.takeTyped();
      if (this.interest.value && !this.interest.hidden) return this.interest.focus(); // it is too long
      this.address.started(this.preferences.mode);
      dispatch({ type: "start", wish: wishOf(this.preferences) });
    };
    this.interest.onkeydown = (event) => this.typed(event);
    this.interest.oninput = () => {
      this.takeFinished();
      this.showTooLong();
    };
    this.interest.onblur = () => this.takeTyped();
    this.language.onchange = () => this.add("languages", this.language.value);
    this.country.onchange = () => this.add("avoid", this.country.value);
    this.strict.onchange = () => this.change({ strict: this.strict.checked });
    this.nearby.onchange = () => this.change({ nearby: this.nearby.checked });
    // What limits whom one meets is in sight.
    byId<HTMLDetailsElement>("more").open =
      preferences.strict || preferences.nearby || preferences.avoid.length > 0;
    for (const radio of this.radios()) radio.onchange = () => this.change({ mode: radio.value as Mode });
    this.show();
  }

  render({ call: { stopped }, preferences }: PageState): void {
    setText(byId("stopped"), stopped && this.translator.text(`notice_${stopped}`));
    byId<HTMLButtonElement>("start").disabled = !this.media.suits(preferences.mode);
    this.showAddressNotice(preferences.mode);
    if (preferences === this.preferences) return;
    this.preferences = preferences;
    this.show();
  }

  private showAddressNotice(mode: Mode): void {
    const due = this.address.isDue(mode);
    byId("address-notice").hidden = !due;
    // Browsers read out a description even if it is hidden.
    if (due) byId("start").setAttribute("aria-describedby", "address-notice");
    else byId("start").removeAttribute("aria-describedby");
  }

  private radios(): NodeListOf<HTMLInputElement> {
    return document.querySelectorAll<HTMLInputElement>('input[name="mode"]');
  }

  private change(change: Partial<Preferences>): void {
    const focused = document.activeElement;
    this.dispatch({ type: "change_preferences", change });
    for (const list of Object.keys(this.adders) as List[]) {
      const adder = this.adders[list];
      if (adder === focused && adder.hidden) this.focusChip(list, MOST[list]);
    }
  }

  private remove(list: List, place: number): void {
    this.change({ [list]: this.preferences[list].filter((_, at) => at !== place) });
    this.focusChip(list, place);
  }

  /** Focuses the chip nearest to `place`, or the field that adds one. */
  private focusChip(list: List, place: number): void {
    const chips = byId(list).querySelectorAll("button");
    (chips[Math.min(place, chips.length - 1)] ?? this.adders[list]).focus();
  }

  private typed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.interest.value.trim()) {
      event.preventDefault();
      this.takeTyped();
    } else if (event.key === "Backspace" && !event.repeat && !this.interest.value) {
      this.change({ interests: this.preferences.interests.slice(0, -1) });
    }
  }

  /** Takes everything before the last comma. The rest is still being typed. */
  private takeFinished(): void {
    const { value } = this.interest;
    const end = value.length - (value.split(COMMA).at(-1) ?? value).length;
    if (end > 0) this.take(value.slice(0, end), value.slice(end).trimStart());
  }

  private takeTyped(): void {
    if (this.interest.value.trim()) this.take(this.interest.value, "");
  }

  private take(typed: string, rest: string): void {
    const left = [tooLong(typed), rest].filter(Boolean).join(", ");
    if (this.interest.value !== left) this.interest.value = left; // or else the cursor would move
    this.change({ interests: addInterests(this.preferences.interests, typed) });
  }

  /** Says that an interest must be shorter, once, and for as long as it is too long. */
  private showTooLong(): void {
    const long = tooLong(this.interest.value) !== "";
    if (String(long) === this.interest.ariaInvalid) return;
    this.interest.ariaInvalid = String(long);
    const said = this.translator.text(long ? "interest_long" : "interests_hint", {
      most: MAX.find.interests_item,
    });
    byId("interest-hint").textContent = said;
    if (long) announce(said);
  }

  private add(list: "languages" | "avoid", code: string): void {
    if (code) this.change({ [list]: [...new Set([...this.preferences[list], code])].slice(0, MOST[list]) });
  }

  private show(): void {
    const { translator } = this;
    const { mode, interests, languages, strict, nearby, avoid } = this.preferences;
    for (const radio of this.radios()) radio.checked = radio.value === mode;
    this.strict.checked = strict;
    this.strict.disabled = languages.length === 0;
    this.nearby.checked = nearby;
    this.chips("interests", interests, (tag) => tag);
    this.chips("languages", languages, translator.language);
    byId("spoken").textContent = ["", ...languages.map(translator.language)].join(" · ").trim();
    this.chips("avoid", avoid, translator.country);
    this.offer(this.language, LANGUAGES, languages, translator.language, translator.text("language_add"));
    this.offer(this.country, COUNTRIES, avoid, translator.country, translator.text("avoid_add"));
    for (const list of Object.keys(this.adders) as List[]) {
      this.adders[list].hidden = this.preferences[list].length >= MOST[list];
    }
    byId("interest-hint").hidden = this.interest.hidden;
  }

  private chips(list: List, values: string[], nameOf: (value: string) => string): void {
    const items = values.map((value, place) => {
      const item = document.createElement("li");
      const name = nameOf(value);
      const chip = button(name, () => this.remove(list, place));
      if (list === "interests") chip.dir = "auto";
      chip.setAttribute("aria-label", this.translator.text("remove", { name }));
      item.append(chip);
      return item;
    });
    byId(list).replaceChildren(...items);
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
    select.replaceChildren(new Option(title, ""), ...options);
  }
}
