// What keeps a search waiting, as a sentence, and what the visitor could do without.

import { within } from "../text/plain-text";
import type { Words } from "../words";
import type { Relaxable, Search, Wish } from "./state";

type Named = "languages" | "interests";
type HintKey =
  | "alone"
  | `hint_${"met" | "nobody" | "avoid_countries" | "nearby"}`
  | `hint_${Named}`
  | `hint_${Named}_few`;

export interface Hint {
  sentence: string;
  /** What to give up for a match, if that would help. */
  relax?: Relaxable;
  /** Looking more widely does not help. */
  hard?: boolean;
}

/** The hint of a `searching`, such as `languages:cy,de`; nothing for what this page does not know. */
export function explain({ hint = "" }: Search, wish: Wish, words: Words<HintKey>): Hint | undefined {
  const [what = "", ...rest] = hint.split(":");
  const tags = rest.join(":").split(",").filter(Boolean);
  switch (what) {
    case "alone":
      return { sentence: words.text("alone"), hard: true };
    case "met":
      return { sentence: words.text("hint_met") };
    case "nobody":
    case "avoid_countries":
      return { sentence: words.text(`hint_${what}`), hard: true };
    case "nearby":
      return { sentence: words.text("hint_nearby"), ...offer("nearby", wish.nearby) };
    case "languages":
      return {
        sentence: nobodyHas(
          "languages",
          tags.map((tag) => words.language(tag)),
          words,
        ),
        ...offer("strict_language", wish.strict_language),
        ...(wish.strict_language ? { hard: true } : {}),
      };
    case "interests":
      return {
        sentence: nobodyHas("interests", tags.map(within), words),
        ...offer("interests", wish.interests?.length),
      };
    default:
      return undefined;
  }
}

/** Names what nobody else has; without names it is known only that few have it. */
function nobodyHas(what: Named, names: string[], words: Words<HintKey>): string {
  if (names.length === 0) return words.text(`hint_${what}_few`);
  const list = new Intl.ListFormat(words.locale, { type: "disjunction" });
  return words.text(`hint_${what}`, { [what]: list.format(names) });
}

/** The words on the button that gives it up. */
export function relaxKey(relax: Relaxable): `relax_${Relaxable}` {
  return `relax_${relax}`;
}

function offer(relax: Relaxable, wished: unknown): { relax?: Relaxable } {
  return wished ? { relax } : {};
}
