// Writes JSON for our servers. They refuse half of a surrogate pair, which remains when a length limit cuts
// an emoji.
export function wellFormedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? part.toWellFormed() : part));
}
