// The applause: a reaction of which more is seen than of others, and which is heard in a call. Pure.

export const APPLAUSE = "👏";
/** So many hands rise for one applause. */
const HANDS = 4;

/** Returns the emoji that rise for a line: for an applause several, unless motion is reduced. */
export function risingEmoji(emoji: readonly string[], still: boolean): readonly string[] {
  const claps = emoji.length === 1 && emoji[0] === APPLAUSE && !still;
  return claps ? Array.from({ length: HANDS }, () => APPLAUSE) : emoji;
}
