// The words of this part in the visitor's language, with what stands between braces replaced.

import type { PageTranslator } from "../language/texts";
import type { UnderstandingKey, UnderstandingTexts } from "./texts";

export class Words {
  constructor(
    private readonly texts: UnderstandingTexts,
    private readonly page: PageTranslator,
  ) {}

  text(key: UnderstandingKey, values: Record<string, string> = {}): string {
    const all: Record<string, string> = { site: this.page.site, ...values };
    return this.texts[key].replace(/\{(\w+)\}/g, (_, name: string) => all[name] ?? "");
  }

  get close(): string {
    return this.page.text("close");
  }

  /** The name of a language in the visitor's own. */
  language(tag: string): string {
    return this.page.language(tag);
  }

  /** A share from 0 to 1. */
  percent(share: number): string {
    return new Intl.NumberFormat(this.page.locale, { style: "percent" }).format(share);
  }
}
