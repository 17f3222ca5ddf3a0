// The operator's part of the consent card: rules, and a note if they have changed.

import type { PageTranslator } from "../language/texts";
import { type Block, blocksOf, linesFor } from "../site/rules";
import type { Site } from "../site/site";
import { byId } from "./dom";

/** `again`: the visitor has agreed to other rules before. */
export function showRules(site: Site, translator: PageTranslator, again: boolean): void {
  byId("consent-changed").hidden = !again;
  byId("site-rules").hidden = !site.rules;
  if (!site.rules) return;
  byId<HTMLFormElement>("consent").reset(); // an earlier tick does not count for these rules
  const { language, lines } = linesFor(site.rules.texts, navigator.languages, translator.locale);
  const text = byId("site-rules-text");
  if (language) text.lang = language;
  text.replaceChildren(...blocksOf(lines).map(elementOf));
}

function elementOf({ list, lines }: Block): HTMLElement {
  if (!list) return textIn("p", lines.join(" "));
  const items = document.createElement("ul");
  items.className = "rules";
  items.append(...lines.map((line) => textIn("li", line)));
  return items;
}

function textIn(name: "p" | "li", text: string): HTMLElement {
  const element = document.createElement(name);
  element.dir = "auto";
  element.textContent = text;
  return element;
}
