// What strangers wrote, as it may be shown: nothing in it hides, turns the text around it, or passes for what it is not.
// What they wrote goes into a report as it came.

/**
 * Controls; marks that override or embed a direction; fillers and what else has no width. What languages need
 * stays: line feeds and tabs, the joiners of emoji and Persian, the plain marks of direction, the soft hyphen.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]/gu;
/** Letters that nobody sees. A flag of England is spelled with them, behind a black flag. */
const TAGS = /(\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f})|[\u{e0000}-\u{e007f}]+/gu;
/** More accents on one letter than any language has would paint over the lines around it. */
const PILED = /(\p{M}{4})\p{M}+/gu;

/** A line of a stranger, or a name they gave. */
export function plain(written: string): string {
  return written.replaceAll(HIDDEN, "").replaceAll(TAGS, "$1").replaceAll(PILED, "$1");
}

const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The same within a sentence of ours, whose direction it leaves alone. */
export function within(written: string): string {
  const text = plain(written);
  return FROM_RIGHT.test(text) ? `\u2068${text}\u2069` : text;
}
