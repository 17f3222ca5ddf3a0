// The reactions that the page offers, their names, and how often they may be sent. Pure.

import type { Translator } from "../translator";
import type { Line } from "./state";

/** Each emoji with the key of its name. It is sent as a line, so any page can show it. */
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

/**
 * Returns a text like "The stranger reacted: clapping". An unknown emoji stands for itself, and the screen
 * reader names it.
 */
export function reactionText(
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

/** The pause after a reaction: at most three a second. */
export const PAUSE_MS = 334;
/** At most this many emoji float at once. The others appear only as lines. */
export const MAX_AFLOAT = 6;

/** Returns how many of `count` new emoji may float. */
export function admittedCount(count: number, afloat: number): number {
  return Math.max(0, Math.min(count, MAX_AFLOAT - afloat));
}
