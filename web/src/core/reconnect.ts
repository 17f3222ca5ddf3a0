// Decides after a closed socket when to reconnect, or why not to. Pure. Delays are in milliseconds.

export type CloseReason = "banned" | "elsewhere" | "refused";
export type Plan = { back: true; delay: number; renew: boolean } | { back: false; why: CloseReason };

const FIRST = 500;
const LONGEST = 15_000;
/** For idle visitors, because nobody waits for the socket and there may be many of them. */
const LONGEST_PATIENT = 120_000;
const RESTART = 2_000;
const TOO_FAST = 20_000;

/** Full jitter: a random delay below a doubling bound, so that a crowd does not reconnect at once. */
export function jitter(attempt: number, random: () => number, patient = false): number {
  return random() * Math.min(patient ? LONGEST_PATIENT : LONGEST, FIRST * 2 ** attempt);
}

/** Returns the plan after close `code`. `attempt` counts failed tries in a row, from 0. */
export function planAfter(code: number, attempt: number, random: () => number, patient = false): Plan {
  const growing = () => jitter(attempt, random, patient);
  switch (code) {
    case 1012: // another gateway is ready already, so this only spreads the crowd
      return {
        back: true,
        delay: attempt === 0 ? random() * RESTART : growing(),
        renew: false,
      };
    case 4400: // the page sent something invalid, and would send it again
    case 4413:
      return { back: false, why: "refused" };
    case 4401:
      return { back: true, delay: attempt === 0 ? 0 : growing(), renew: true };
    case 4403:
      return { back: false, why: "banned" };
    case 4409:
      return { back: false, why: "elsewhere" };
    case 4429:
      return { back: true, delay: TOO_FAST + growing(), renew: false };
    default:
      return { back: true, delay: growing(), renew: false };
  }
}
