// What keeps a search waiting, as a sentence, and what the visitor could do without.

import type { Search, Wish } from "./call-state";
import type { Key, Words } from "./i18n";

/** The parts of a wish that one tap gives up, for this search; the preferences stay. */
export type Relaxable = "strict_language" | "interests" | "nearby";

export interface Hint {
  sentence: string;
  /** What to give up for a match, if that would help. */
  relax?: Relaxable;
}

/** The hint of a `searching`, such as `languages:cy,de`; nothing for what this page does not know. */
export function explain({ hint = "" }: Search, wish: Wish, words: Words): Hint | undefined {
  const [what = "", ...rest] = hint.split(":");
  const tags = rest.join(":").split(",").filter(Boolean);
  const any = new Intl.ListFormat(words.locale, { type: "disjunction" });
  switch (what) {
    case "alone":
      return { sentence: words.text("alone") };
    case "met":
    case "avoid_countries":
      return { sentence: words.text(`hint_${what}`) };
    case "nearby":
      return { sentence: words.text("hint_nearby"), ...offer("nearby", wish.nearby) };
    case "languages": {
      if (tags.length === 0) return undefined;
      const languages = any.format(tags.map(words.language));
      return {
        sentence: words.text("hint_languages", { languages }),
        ...offer("strict_language", wish.strict_language),
      };
    }
    case "interests": {
      if (tags.length === 0) return undefined;
      const sentence = words.text("hint_interests", { interests: any.format(tags) });
      return { sentence, ...offer("interests", wish.interests?.length) };
    }
    default:
      return undefined;
  }
}

/** The words on the button that gives it up. */
export function relaxKey(relax: Relaxable): Key {
  return `relax_${relax}`;
}

function offer(relax: Relaxable, wished: unknown): { relax?: Relaxable } {
  return wished ? { relax } : {};
}
