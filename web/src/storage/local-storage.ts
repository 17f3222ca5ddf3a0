// Local storage, or memory if the visitor has forbidden it; and locks between tabs.

export interface Store extends Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  /** Returns the names of everything that is stored. */
  names(): string[];
}

/** The limit for waiting, because a frozen tab must not hold up the others. */
const TURN_MS = 1_000;

export function openStorage(open: () => Storage): Store {
  try {
    return withMemoryOverflow(open());
  } catch {
    return memoryStore(); // the visitor has blocked storage, so nothing outlives the page
  }
}

/** Runs `work` unless another tab runs what has this name. Without locks, all tabs run it. */
export async function onlyOneTab(
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
  if (!agreed) await work(); // insecure pages have no locks, and those who block storage block locks, too
}

/** Runs the short `work` after other tabs under this name, or at once without locks. */
export async function withTabLock<Result>(
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

/** Keeps in memory what a full storage refuses. */
function withMemoryOverflow(storage: Storage): Store {
  const rest = memoryStore();
  return {
    getItem: (key) => rest.getItem(key) ?? storage.getItem(key),
    setItem: (key, value) => {
      rest.removeItem(key);
      try {
        storage.setItem(key, value);
      } catch (error) {
        console.info("Storage is full, so this is kept in memory:", (error as Error).name);
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

function memoryStore(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    names: () => [...kept.keys()],
  };
}
