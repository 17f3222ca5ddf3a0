// What others look for now, as `GET /api/status` says it: strangers wrote it, so none of it is believed. Pure but for asking.

import { plain } from "./core/text/plain-text";
import { MAX } from "./messages.generated";

/** So often it is asked at most. */
export const EVERY_MS = 30_000;
const MOST = 12;
const PATIENCE_MS = 5_000;

/** The interests in an answer: text, short, each once. */
export function parseInterests(answer: unknown): string[] {
  const said = (answer as { popular?: unknown } | null)?.popular;
  const words = (Array.isArray(said) ? said : [])
    .filter((word): word is string => typeof word === "string" && plain(word) === word && !/[,\n]/.test(word))
    .map((word) => word.trim())
    .filter((word) => word !== "" && [...word].length <= MAX.find.interests_item);
  return [...new Set(words)].slice(0, MOST);
}

/** Those that can still be added. */
export function offered(popular: readonly string[], mine: readonly string[]): string[] {
  const room = mine.length < MAX.find.interests;
  return room ? popular.filter((interest) => !mine.includes(interest)) : [];
}

/** Undefined when nobody answered, or not in time: then what was known before is still the best guess. */
export async function fetchPopular(request: typeof fetch = fetch): Promise<string[] | undefined> {
  try {
    const answer = await request("/api/status", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? parseInterests(await answer.json()) : undefined;
  } catch (error) {
    console.info("what is popular was not asked:", (error as Error).name);
    return undefined;
  }
}
