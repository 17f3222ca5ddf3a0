// The browser's storage, or memory where the visitor has forbidden it.

export function storageOf(open: () => Storage): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    return open();
  } catch {
    return memory(); // blocked by the visitor's settings: then nothing outlives the page
  }
}

function memory(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
