// What of the queue is shown: what people reported, what browsers flagged by themselves, or both. Pure.

import type { Queue } from "./types";

export const QUEUE_FILTERS = ["all", "people", "flags"] as const;
export type QueueFilter = (typeof QUEUE_FILTERS)[number];

/** The queue as if there were cases of this kind alone. */
export function filterQueue(queue: Queue, kind: QueueFilter): Queue {
  if (kind === "all") return queue;
  const flags = kind === "flags";
  const cases = queue.cases.filter(({ flagged }) => flagged === flags);
  return { ...queue, cases, open: flags ? queue.flagged : queue.open - queue.flagged };
}
