// The interests that are popular now, from `GET /api/status`. Strangers wrote them, so all of them are checked.
// Pure.

import { cleanText } from "./core/text/plain-text";
import { MAX } from "./messages.generated";

const MAX_COUNT = 12;

/** Returns the valid interests in an answer, without duplicates. */
export function parseInterests(answer: unknown): string[] {
  const said = (answer as { popular?: unknown } | null)?.popular;
  const words = (Array.isArray(said) ? said : [])
    .filter(
      (word): word is string => typeof word === "string" && cleanText(word) === word && !/[,\n]/.test(word),
    )
    .map((word) => word.trim())
    .filter((word) => word !== "" && [...word].length <= MAX.find.interests_item);
  return [...new Set(words)].slice(0, MAX_COUNT);
}

/** Returns those that can still be added. */
export function offered(popular: readonly string[], mine: readonly string[]): string[] {
  const room = mine.length < MAX.find.interests;
  return room ? popular.filter((interest) => !mine.includes(interest)) : [];
}
