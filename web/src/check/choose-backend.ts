// Chooses the fastest working backend by measuring each one at the start.

/** The first run compiles what later runs reuse, so it is not counted. */
const LOOKS = 5;

export interface Backend {
  name: string;
  /** Classifies a blank picture. */
  look: () => Promise<unknown>;
  close: () => void;
}

export interface Chosen<B> {
  backend: B;
  /** Milliseconds for one picture. */
  cost: number;
}

/**
 * Returns the fastest backend and closes the others. `now` returns milliseconds. Returns undefined if there
 * is no backend.
 */
export async function fastestBackend<B extends Backend>(
  backends: readonly B[],
  now: () => number,
): Promise<Chosen<B> | undefined> {
  let best: Chosen<B> | undefined;
  for (const backend of backends) {
    const cost = await costOf(backend, now);
    const [better, worse] = !best || cost < best.cost ? [{ backend, cost }, best] : [best, { backend }];
    worse?.backend.close();
    best = better;
  }
  return best;
}

/** Returns the shortest time of several runs. A longer run had to share the processor. */
async function costOf(backend: Backend, now: () => number): Promise<number> {
  await backend.look();
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < LOOKS; count++) {
    const before = now();
    await backend.look();
    least = Math.min(least, now() - before);
  }
  return least;
}
