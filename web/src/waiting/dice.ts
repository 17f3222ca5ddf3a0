// Two dice, to pass the time with. Pure but for `random`, which returns numbers from 0 up to 1.

export type Roll = readonly [number, number];

export function roll(random: () => number): Roll {
  const die = () => 1 + Math.floor(random() * 6);
  return [die(), die()];
}

/** Returns the character that shows this side of a die. */
export function face(side: number): string {
  return String.fromCodePoint(0x267f + side);
}

export interface Luck {
  rolls: number;
  /** Rolls with two equal sides. */
  doubles: number;
}

export function counted({ rolls, doubles }: Luck, [one, other]: Roll): Luck {
  return { rolls: rolls + 1, doubles: doubles + Number(one === other) };
}
