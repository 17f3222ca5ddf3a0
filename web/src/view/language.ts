// The choice of the page's language. Another language needs a reload, which must not end a call.

import type { Call } from "../core/call/state";
import { chooseLocale, chosenLocale, LOCALES, type Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import { byId } from "./dom";

export interface LanguageParts {
  translator: PageTranslator;
  store: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Resolves when everything about the last call is stored. */
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

  /** Reloads the page as soon as this ends nothing. */
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
    else this.changed = true; // the visitor has started again
  }
}

/** Returns whether a reload ends nothing: nobody waits, and the last partner knows that the visitor left. */
export function mayReload({ phase, online, leaving }: Pick<Call, "phase" | "online" | "leaving">): boolean {
  if (phase === "searching" || phase === "matched" || phase === "over" || phase === "reconnecting")
    return false;
  return online || !leaving;
}

/** Names each language in that language. */
function optionOf(locale: Locale): HTMLOptionElement {
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(locale) ?? locale;
  const option = new Option(name.charAt(0).toLocaleUpperCase(locale) + name.slice(1), locale);
  option.lang = locale;
  return option;
}
