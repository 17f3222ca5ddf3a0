// Which movements a camera offers: zoom, pan and tilt. Pure.

export const MOVES = ["zoom", "pan", "tilt"] as const;
export type Move = (typeof MOVES)[number];

/** The values that a camera takes, in units of its own. */
export interface Range {
  min: number;
  max: number;
  step: number;
}

/** Returns the movements that the visitor can use. Browsers also name a range with one value, or nonsense. */
export function rangesOf(capabilities: object): Map<Move, Range> {
  const found = new Map<Move, Range>();
  for (const move of MOVES) {
    const range = (capabilities as Partial<Record<Move, Partial<Range> | boolean>>)[move];
    if (typeof range !== "object") continue;
    const { min = 0, max = 0, step = 0 } = range;
    if (max > min && Number.isFinite(max - min))
      found.set(move, { min, max, step: step > 0 ? step : (max - min) / 100 });
  }
  return found;
}
