// Where else people are, for who finds nobody. Pure.

import type { Mode } from "../messages.generated";
import type { PeopleHere } from "../people-here";

/** Modes that need no device beyond those of the present one. */
const EASIER: Record<Mode, readonly Mode[]> = { video: ["audio", "text"], audio: ["text"], text: [] };

export interface OtherMode {
  mode: Mode;
  people: number;
}

/** Returns the mode with most people that the visitor can change to at once, if anybody is there. */
export function otherMode(mode: Mode, { modes }: PeopleHere): OtherMode | undefined {
  const found = EASIER[mode].map((other) => ({ mode: other, people: modes[other] ?? 0 }));
  return found.filter(({ people }) => people > 0).sort((one, two) => two.people - one.people)[0];
}
