// JSON for our servers. They take no half of a surrogate pair, which is what is left of an emoji that a
// field's length limit has cut.
export function wellFormedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? part.toWellFormed() : part));
}
