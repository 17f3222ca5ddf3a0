// Renews the token of this tab in time, so that no dial has to wait for it. A call goes on meanwhile.

import type { TokenStore } from "./token-store";

/** What expires sooner is renewed. This is half of the life of a token, which leaves time for more tries. */
const HALF_LIFE_MS = 30 * 60_000;
/** Each page comes somewhat later than that, so that not all come at once. */
const SPREAD_MS = 5 * 60_000;
/** How often the page looks. Timers of hidden tabs run as often, and those of a device that slept at once. */
const LOOK_EVERY_MS = 60_000;

/** Renews the token from now on. What has expired is left to the next dial. */
export function renewInTime(
  tokens: Pick<TokenStore, "stored" | "prepare">,
  now: () => number = Date.now,
  random: () => number = Math.random,
): void {
  const early = HALF_LIFE_MS - random() * SPREAD_MS;
  setInterval(() => {
    const { expires } = tokens.stored() ?? { expires: 0 };
    if (expires > now()) tokens.prepare(early);
  }, LOOK_EVERY_MS);
}
