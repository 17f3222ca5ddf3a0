// The stage: one of two shows something for half a minute, and then both decide. They go on only if both want the
// same, so nobody is put on the stage against their will. Pure. Times are monotonic milliseconds.

/** How long one shows something. */
export const SHOW_MS = 30_000;
/** How long both may think about it. */
export const DECIDE_MS = 20_000;

const VOTES = ["again", "change"] as const;
/** `again`: the same one goes on. `change`: the two change places. Who has enough ends it. */
export type Vote = (typeof VOTES)[number];

export interface Performance {
  performer: "me" | "them";
  at: "show" | "decision";
  /** When this part ends. */
  until: number;
  mine?: Vote | undefined;
  theirs?: Vote | undefined;
}

export type PerformanceEvent =
  | { type: "vote"; vote: Vote }
  | { type: "heard"; vote: Vote }
  | { type: "timer" };

export function beginPerformance(performer: Performance["performer"], now: number): Performance {
  return { performer, at: "show", until: now + SHOW_MS };
}

/** Returns undefined for anything else that a stranger's page may send. */
export function parseVote({ vote }: Record<string, unknown>): Vote | undefined {
  return VOTES.find((one) => one === vote);
}

/** Returns undefined when it is over. A vote counts once. */
export function performanceStep(
  before: Performance,
  event: PerformanceEvent,
  now: number,
): Performance | undefined {
  switch (event.type) {
    case "vote":
      return before.at === "decision" && !before.mine
        ? decided({ ...before, mine: event.vote }, now)
        : before;
    case "heard": // their clock may be a little ahead, so a vote may come during the show
      return before.theirs ? before : decided({ ...before, theirs: event.vote }, now);
    case "timer":
      if (now < before.until) return before;
      return before.at === "show" ? { ...before, at: "decision", until: now + DECIDE_MS } : undefined;
  }
}

function decided(voted: Performance, now: number): Performance | undefined {
  const { performer, mine, theirs } = voted;
  if (!mine || !theirs) return voted;
  if (mine !== theirs) return undefined;
  if (mine === "again") return beginPerformance(performer, now);
  return beginPerformance(performer === "me" ? "them" : "me", now);
}
