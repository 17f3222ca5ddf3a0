import { vi } from "vitest";

/** Runs promises that are ready, without moving the clock. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** Stored values are own properties, as in browsers. */
class MemoryStorage {
  [key: string]: unknown;

  getItem(key: string): unknown {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key: string, value: string): void {
    this[key] = value;
  }

  removeItem(key: string): void {
    delete this[key];
  }
}

export function memoryStore(): Storage {
  return new MemoryStorage() as unknown as Storage;
}
