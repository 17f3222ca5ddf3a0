// Local or session storage, or memory if the visitor has forbidden them.

export interface Store extends Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  /** Returns the names of everything that is stored. */
  names(): string[];
}

export function openStorage(open: () => Storage): Store {
  try {
    return withMemoryOverflow(open());
  } catch {
    return memoryStore(); // the visitor has blocked storage, so nothing outlives the page
  }
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
