// Fetches what the page shows of `GET /api/status`.

import { type PeopleHere, parsePeople } from "./people-here";
import { parseInterests } from "./popular-interests";

const TIMEOUT_MS = 5_000;

export interface PublicStatus {
  popular: string[];
  /** Undefined if it is not known how many are here. */
  people: PeopleHere | undefined;
}

/** Returns undefined if there was no answer in time. */
export async function fetchStatus(request: typeof fetch = fetch): Promise<PublicStatus | undefined> {
  try {
    const answer = await request("/api/status?hour=no", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) return undefined;
    const said: unknown = await answer.json();
    return { popular: parseInterests(said), people: parsePeople(said) };
  } catch (error) {
    console.info("The status could not be fetched:", (error as Error).name);
    return undefined;
  }
}
