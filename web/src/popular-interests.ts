// Fetches the interests that are popular now from `GET /api/status`. Strangers wrote them, so all of them are
// checked.

import { cleanText } from "./core/text/plain-text";
import { MAX } from "./messages.generated";

/** They are fetched at most this often. */
export const REFRESH_MS = 30_000;
const MAX_COUNT = 12;
const TIMEOUT_MS = 5_000;

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

/** Returns undefined if there was no answer in time. Then the earlier interests stay. */
export async function fetchPopular(request: typeof fetch = fetch): Promise<string[] | undefined> {
  try {
    const answer = await request("/api/status", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok ? parseInterests(await answer.json()) : undefined;
  } catch (error) {
    console.info("Popular interests could not be fetched:", (error as Error).name);
    return undefined;
  }
}
