// Which backend looks at pictures: the faster of those that work, by a measurement at the start.

/** The first look compiles what the later ones reuse, so it is not counted. */
const LOOKS = 5;

export interface Backend {
  name: string;
  /** Looks at a picture of no meaning. */
  look: () => Promise<unknown>;
  close: () => void;
}

export interface Chosen<B> {
  backend: B;
  /** Milliseconds of a look. */
  cost: number;
}

/** Closes those that are not chosen. `now`: a clock's milliseconds. Undefined if there is none. */
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

/** The least: while any of them took longer, something else had the processor, too. */
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
