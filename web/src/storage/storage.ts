// The browser's storage, or memory where the visitor has forbidden it; and what only one tab does at a time.

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function storageOf(open: () => Storage): Store {
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

/** What a full storage does not take is kept for as long as the page is open. */
function roomy(storage: Store): Store {
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
  };
}

function memory(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
