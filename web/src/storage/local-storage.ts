// The browser's storage, or memory where the visitor has forbidden it; and what only one tab does at a time.

export interface Store extends Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  /** The names of everything that is kept. */
  names(): string[];
}

/** For what is done in a moment: a tab that a browser has frozen must not hold up the others. */
const TURN_MS = 1_000;

export function openStorage(open: () => Storage): Store {
  try {
    return roomy(open());
  } catch {
    return memory(); // blocked by the visitor's settings: then nothing outlives the page
  }
}

/** Does `work`, unless another tab does what has this name; where tabs cannot agree, all do it. */
export async function alone(
  name: string,
  work: () => Promise<void>,
  locks: Pick<LockManager, "request"> | undefined = navigator.locks,
): Promise<void> {
  let agreed = false;
  try {
    await locks?.request(name, { ifAvailable: true }, async (lock) => {
      agreed = true;
      if (lock) await work();
    });
  } catch (error) {
    if (agreed) throw error;
  }
  if (!agreed) await work(); // an insecure page has no locks, and who forbids storage forbids them, too
}

/** Does `work`, which is done in a moment, after what other tabs do under this name; at once where they cannot agree. */
export async function inTurn<Result>(
  name: string,
  locks: Pick<LockManager, "request"> | undefined,
  work: () => Result,
): Promise<Result> {
  let done: { result: Result } | undefined;
  const once = () => {
    done ??= { result: work() };
    return done.result;
  };
  try {
    await locks?.request(name, { signal: AbortSignal.timeout(TURN_MS) }, once);
  } catch (error) {
    if (done) throw error;
  }
  return once();
}

/** What a full storage does not take is kept for as long as the page is open. */
function roomy(storage: Storage): Store {
  const rest = memory();
  return {
    getItem: (key) => rest.getItem(key) ?? storage.getItem(key),
    setItem: (key, value) => {
      rest.removeItem(key);
      try {
        storage.setItem(key, value);
      } catch (error) {
        console.info("not kept beyond this page:", (error as Error).name);
        rest.setItem(key, value);
      }
    },
    removeItem: (key) => {
      rest.removeItem(key);
      storage.removeItem(key);
    },
    names: () => [...new Set([...Object.keys(storage), ...rest.names()])],
  };
}

function memory(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    names: () => [...kept.keys()],
  };
}
