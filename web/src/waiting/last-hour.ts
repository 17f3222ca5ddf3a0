// What the last hour says about a search, from `GET /api/status`. Pure.

import { onlyObjects } from "../storage/json-guards";

export interface LastHour {
  /** Conversations that began. */
  matches: number;
  /** Seconds that half of the searches took at most, to the minute's median. Undefined without a match. */
  wait: number | undefined;
}

/** Returns undefined if the answer leaves some gateways out, or is none of ours. */
export function parseLastHour(answer: unknown): LastHour | undefined {
  const said = onlyObjects([answer])[0];
  if (said?.complete !== true) return undefined;
  const minutes = onlyObjects(said.hour).filter(
    ({ matches, wait_p50 }) => isFigure(matches) && matches > 0 && isFigure(wait_p50),
  ) as { matches: number; wait_p50: number }[];
  const matches = minutes.reduce((sum, minute) => sum + minute.matches, 0);
  return { matches, wait: middle(minutes, matches / 2) };
}

/** Returns the wait of the minute in which the conversation at `place` began, the shortest waits first. */
function middle(
  minutes: readonly { matches: number; wait_p50: number }[],
  place: number,
): number | undefined {
  let passed = 0;
  return [...minutes]
    .sort((one, other) => one.wait_p50 - other.wait_p50)
    .find(({ matches }) => {
      passed += matches;
      return passed >= place;
    })?.wait_p50;
}

function isFigure(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
