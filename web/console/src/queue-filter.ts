// Filters the queue by who filed the reports: people, browsers, or both; and folds floods. Pure.

import type { CaseQueue } from "./api.generated";

export const QUEUE_FILTERS = ["all", "people", "flags"] as const;
export type QueueFilter = (typeof QUEUE_FILTERS)[number];

/** Returns the queue with only the cases that pass the filter, and the count of open cases to match. */
export function filterQueue(queue: CaseQueue, kind: QueueFilter): CaseQueue {
  if (kind === "all") return queue;
  const flags = kind === "flags";
  const cases = queue.cases.filter(({ flagged }) => flagged === flags);
  return { ...queue, cases, open: flags ? queue.flagged : queue.open - queue.flagged };
}

/** Returns the queue without the cases of floods, which wait in one folded line. */
export function foldFlood(queue: CaseQueue): CaseQueue {
  return { ...queue, cases: queue.cases.filter(({ flood }) => !flood) };
}
