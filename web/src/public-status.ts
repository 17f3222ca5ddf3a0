// Fetches `GET /api/status`. Each view reads of it what it shows.

const TIMEOUT_MS = 5_000;

/** Returns undefined if there was no answer in time. `hour` says whether to ask for the figures of the last hour. */
export async function fetchStatus(hour: boolean, request: typeof fetch = fetch): Promise<unknown> {
  try {
    const path = hour ? "/api/status" : "/api/status?hour=no";
    const answer = await request(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok ? await answer.json() : undefined;
  } catch (error) {
    console.info("The status could not be fetched:", (error as Error).name);
    return undefined;
  }
}
