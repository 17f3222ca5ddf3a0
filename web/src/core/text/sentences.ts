// Joins texts that are read out together. Pure.

const ENDED = /[.!?…؟][\s"”»)]*$/u;

/** Joins the texts that there are into sentences, and ends with a full stop what has no end before the next. */
export function sentencesOf(...texts: (string | undefined)[]): string {
  const said = texts.flatMap((text) => text || []);
  return said.map((text, at) => (at === said.length - 1 || ENDED.test(text) ? text : `${text}.`)).join(" ");
}
