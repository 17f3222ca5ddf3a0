// The browser's storage, or memory where the visitor has forbidden it; and what only one tab does at a time.

export function storageOf(open: () => Storage): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    return open();
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

function memory(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
