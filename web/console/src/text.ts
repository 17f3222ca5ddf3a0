// Makes hidden characters in strangers' text visible, so that none hides anything or turns the text around it. Pure.

export interface TextPart {
  text: string;
  /** True if `text` is the name of a character that would be invisible. */
  hidden: boolean;
}

/**
 * Matches control characters, direction marks, soft hyphens, and characters without width. Line feeds and tabs stay, and so do the
 * joiners that emoji and Persian need.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/u;
const SPLIT = new RegExp(`(${HIDDEN.source})`, "u");

export function splitHidden(written: string): TextPart[] {
  return written
    .replaceAll("\r\n", "\n")
    .split(SPLIT)
    .map((text, index) => (index % 2 ? { text: codePointName(text), hidden: true } : { text, hidden: false }))
    .filter(({ text }) => text !== "");
}

/** Returns the name of a character, such as "U+202E". */
function codePointName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Adds the namespace that inline SVG may leave out, but that an image file needs. */
export function standaloneSvg(svg: string): string {
  const opening = /<svg\b[^>]*/.exec(svg)?.[0] ?? "";
  return opening.includes("xmlns=") ? svg : svg.replace(/<svg\b/, '<svg xmlns="http://www.w3.org/2000/svg"');
}

/** Returns `text` with a capital letter and a full stop. */
export function asSentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(begun) || begun === "" ? begun : `${begun}.`;
}
