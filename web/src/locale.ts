// What every page needs to speak the visitor's language.

/** The first language of `preferred` that is a key of `known`; English when none is. */
export function firstKnown(preferred: readonly string[], known: object): string {
  const bases = preferred.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "");
  return bases.find((base) => base in known) ?? "en";
}

/** `text` with `{name}` replaced by `values.name`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
