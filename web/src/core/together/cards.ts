// The order of the ice-breaker cards of a match. Both pages know the match, so they have the same order without a
// word, and tell each other only the place of a card in it. Pure.

/** A stranger's page that shows cards faster than this, in milliseconds, is not heard. */
export const CARD_PAUSE_MS = 2_000;

/**
 * Returns the numbers of all `count` cards, shuffled by the name of the match: Fisher and Yates' shuffle, with the
 * generator mulberry32 and the hash FNV-1a.
 */
export function cardOrder(match: string, count: number): number[] {
  const random = randomFrom(hashOf(match));
  const order = Array.from({ length: count }, (_, card) => card);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}

/** Returns the place that a stranger's page names, or undefined for anything else. */
export function parseCard({ n }: Record<string, unknown>, count: number): number | undefined {
  return typeof n === "number" && Number.isInteger(n) && n >= 0 && n < count ? n : undefined;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** Returns numbers from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
