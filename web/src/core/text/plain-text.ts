// Makes text of strangers safe to show: nothing in it is hidden, changes the direction of other text, or
// imitates something else. Reports carry the original text. Pure.

/**
 * Control characters, direction overrides and embeddings, and characters without width. Kept are line feeds,
 * tabs, joiners, plain direction marks and soft hyphens, because languages need them.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]/gu;
/** Invisible tag letters. Only flags such as England's use them, after a black flag. */
const TAGS = /(\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f})|[\u{e0000}-\u{e007f}]+/gu;
/** More accents on one letter than any language uses would cover other lines. */
const PILED = /(\p{M}{4})\p{M}+/gu;

/** Cleans a line or a name from a stranger. */
export function cleanText(written: string): string {
  return written.replaceAll(HIDDEN, "").replaceAll(TAGS, "$1").replaceAll(PILED, "$1");
}

const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Cleans text for use inside a sentence of ours, and isolates its direction. */
export function isolatedText(written: string): string {
  const text = cleanText(written);
  return FROM_RIGHT.test(text) ? `\u2068${text}\u2069` : text;
}
