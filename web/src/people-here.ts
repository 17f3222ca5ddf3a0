// How many people are here, and in which mode they search or talk, from `GET /api/status`. Pure.

import { isCount } from "./core/is-count";
import type { Translator } from "./core/translator";
import type { Mode } from "./messages.generated";

const MODES: readonly Mode[] = ["video", "audio", "text"];
/** Fewer are not shown. Who reads it may be one of them. */
const LEAST = 2;

export interface PeopleHere {
  online: number;
  /** Those who search or talk. Older gateways do not count them. */
  modes: Partial<Record<Mode, number>>;
}

type Words = Pick<Translator<"here_one" | "here_other" | "here_in" | `mode_${Mode}`>, "text" | "count">;

/** Returns undefined if the answer holds no number, or leaves some gateways out. */
export function parsePeople(answer: unknown): PeopleHere | undefined {
  const said = (answer ?? {}) as { online?: unknown; complete?: unknown; people?: unknown };
  if (said.complete !== true || !isCount(said.online)) return undefined;
  const counts = (said.people ?? {}) as Partial<Record<Mode, unknown>>;
  const known = MODES.filter((mode) => isCount(counts[mode]));
  return { online: said.online, modes: Object.fromEntries(known.map((mode) => [mode, counts[mode]])) };
}

/** Says “12 people are here · Video: 7 · Text: 3”, or nothing. A mode without people is left out. */
export function peopleText({ online, modes }: PeopleHere, { text, count }: Words): string | undefined {
  if (online < LEAST) return undefined;
  const parts = MODES.filter((mode) => modes[mode]).map((mode) =>
    text("here_in", { mode: text(`mode_${mode}`), count: modes[mode] ?? 0 }),
  );
  return [count("here", online), ...parts].join(" · ");
}
