// Reads stored JSON or JSON from a gateway, whatever it contains. Pure.

/** Returns the object in `text`, or undefined if it contains anything else. */
export function parseObject(text: string | null): Record<string, unknown> | undefined {
  return onlyObjects([parseJson(text)])[0];
}

/** Returns the objects in the list in `text`. */
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

/** Returns the values of `found` that have the same type as those of `sample`. */
export function sameTypes<Sample extends object>(
  sample: Sample,
  found: Record<string, unknown> | undefined,
): Partial<Sample> {
  const entries = Object.entries(sample).filter(([name, value]) => isLike(value, found?.[name]));
  return Object.fromEntries(entries.map(([name]) => [name, found?.[name]])) as Partial<Sample>;
}

/** A list has the same type if it contains only texts. */
function isLike(value: unknown, other: unknown): boolean {
  if (Array.isArray(value)) return Array.isArray(other) && other.every((item) => typeof item === "string");
  return typeof value === typeof other && other !== null && !Array.isArray(other);
}
