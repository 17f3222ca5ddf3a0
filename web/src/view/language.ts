// The language of the page, chosen by hand. Another one takes a new page, which may cost nobody a call.

import type { Call } from "../core/call/state";
import { chooseLocale, chosenLocale, LOCALES, type Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import { byId } from "./dom";

export interface LanguageParts {
  translator: PageTranslator;
  store: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Resolves when all that was to be kept of the last call is kept. */
  settled: () => Promise<unknown>;
  reload: () => void;
}

export class LanguageView {
  private readonly selects = document.querySelectorAll<HTMLSelectElement>("select.page-language");
  private call: Call | undefined;
  private changed = false;

  constructor(private readonly parts: LanguageParts) {
    for (const select of this.selects) {
      const own = LOCALES.map((locale) => optionOf(locale));
      select.replaceChildren(new Option(parts.translator.text("page_language_auto"), ""), ...own);
      select.value = chosenLocale(parts.store) ?? "";
      select.onchange = () => this.choose((select.value || undefined) as Locale | undefined);
    }
  }

  /** What is going on: the page is loaded anew once that ends nothing. */
  render({ call }: PageState): void {
    this.call = call;
    if (this.changed && mayReload(call)) void this.reload();
  }

  private choose(locale: Locale | undefined): void {
    chooseLocale(this.parts.store, locale);
    this.changed = true;
    for (const select of this.selects) select.value = locale ?? "";
    if (this.call && mayReload(this.call)) void this.reload();
    else byId("page-language-later").textContent = this.parts.translator.text("page_language_later");
  }

  private async reload(): Promise<void> {
    this.changed = false;
    await this.parts.settled();
    if (this.call && mayReload(this.call)) this.parts.reload();
    else this.changed = true; // somebody was quick to start again
  }
}

/** Nobody waits for anything, and whoever was left knows that they were. */
export function mayReload({ phase, online, leaving }: Pick<Call, "phase" | "online" | "leaving">): boolean {
  if (phase === "searching" || phase === "matched" || phase === "reconnecting") return false;
  return online || !leaving;
}

/** Each by the name that its speakers know, whatever the page speaks now. */
function optionOf(locale: Locale): HTMLOptionElement {
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(locale) ?? locale;
  const option = new Option(name.charAt(0).toLocaleUpperCase(locale) + name.slice(1), locale);
  option.lang = locale;
  return option;
}
