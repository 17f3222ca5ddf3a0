// What this browser has kept as JSON, or a gateway has said: whatever else is there, a page can be made of it. Pure.

/** The object that `text` is; nothing where it is none: half written, of a page of before, or of somebody else. */
export function parseObject(text: string | null): Record<string, unknown> | undefined {
  return onlyObjects([parseJson(text)])[0];
}

/** The objects in the list that `text` is. */
export function parseObjects(text: string | null): Record<string, unknown>[] {
  return onlyObjects(parseJson(text));
}

export function onlyObjects(value: unknown): Record<string, unknown>[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.filter(
    (item): item is Record<string, unknown> =>
      typeof item === "object" && item !== null && !Array.isArray(item),
  );
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Those values of `found` that are of the kind that `sample` has under the same name. */
export function sameTypes<Sample extends object>(
  sample: Sample,
  found: Record<string, unknown> | undefined,
): Partial<Sample> {
  const entries = Object.entries(sample).filter(([name, value]) => isLike(value, found?.[name]));
  return Object.fromEntries(entries.map(([name]) => [name, found?.[name]])) as Partial<Sample>;
}

/** A list is like another if there are only texts in it. */
function isLike(value: unknown, other: unknown): boolean {
  if (Array.isArray(value)) return Array.isArray(other) && other.every((item) => typeof item === "string");
  return typeof value === typeof other && other !== null && !Array.isArray(other);
}
