// The two sides of a match, and which of them begins a game. Pure.

/** 0 is the side that the gateway calls polite. Both pages know which one they are. */
export type Side = 0 | 1;

export function sideOf(polite: boolean): Side {
  return polite ? 0 : 1;
}

export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** Returns who begins this game of a match, counted from 0. The two take turns, and no page chooses who is first. */
export function beginnerOf(match: string, game: number): Side {
  const sum = Array.from(match).reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), game);
  return sum % 2 === 0 ? 0 : 1;
}

/** Returns the pair with another value for one side. */
export function withSide<Value>(
  pair: readonly [Value, Value],
  side: Side,
  value: Value,
): readonly [Value, Value] {
  return side === 0 ? [value, pair[1]] : [pair[0], value];
}
