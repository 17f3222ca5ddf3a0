// Emoji that one taps: which there are, what they are called, and how fast they may follow each other. Pure.

import type { Translator } from "../translator";
import type { Line } from "./state";

/** Each with the key of its name. As a line it is one emoji, so any page can show it. */
export const REACTIONS = [
  ["👍", "reaction_good"],
  ["❤️", "reaction_heart"],
  ["😂", "reaction_laughing"],
  ["😮", "reaction_astonished"],
  ["👏", "reaction_clapping"],
  ["👋", "reaction_waving"],
  ["😢", "reaction_crying"],
  ["🎉", "reaction_party"],
] as const;

type Name = (typeof REACTIONS)[number][1];
type ReactionKey = Name | "reaction_mine" | "reaction_theirs";

const NAMES: ReadonlyMap<string, Name> = new Map(REACTIONS);

/** "The stranger reacts: clapping". What this page does not offer has the name that a screen reader gives it. */
export function spoken(
  emoji: readonly string[],
  from: Line["from"],
  translator: Pick<Translator<ReactionKey>, "locale" | "text">,
): string {
  const names = emoji.map((one) => {
    const key = NAMES.get(one);
    return key ? translator.text(key) : one;
  });
  const list = new Intl.ListFormat(translator.locale, { type: "unit" }).format(names);
  return translator.text(from === "me" ? "reaction_mine" : "reaction_theirs", { emoji: list });
}

/** So long the button waits after each: at most three a second. */
export const PAUSE_MS = 334;
/** How many float at once; what comes on top of them is a line and no more. */
export const MOST_AFLOAT = 6;

/** How many of `count` more may float beside those that do. */
export function admitted(count: number, afloat: number): number {
  return Math.max(0, Math.min(count, MOST_AFLOAT - afloat));
}
