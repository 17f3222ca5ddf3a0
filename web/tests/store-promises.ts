// The promises of every key-value store, as checks for Vitest and, bundled, for a browser.

import type { KeyValueStore } from "../src/storage/key-value-store";

type Item = { text: string; pictures?: string[] };

export interface Promised {
  name: string;
  /** Returns the actual and the expected value. */
  check: (
    store: KeyValueStore<Item>,
    again: KeyValueStore<Item>,
  ) => Promise<[found: unknown, expected: unknown]>;
}

/** `again` opens another store on the same items, like another tab. */
export const PROMISES: Promised[] = [
  {
    name: "an empty one has nothing",
    check: async (store) => [await store.all(), []],
  },
  {
    name: "what is put is there, in the order of the ids, as it was",
    check: async (store) => {
      const pictures = ["x".repeat(200_000)];
      await store.put("b", { text: "<b>ü👋</b>" });
      await store.put("a", { text: "first", pictures });
      return [await store.all(), [{ text: "first", pictures }, { text: "<b>ü👋</b>" }]];
    },
  },
  {
    name: "the same id again replaces",
    check: async (store) => {
      await store.put("a", { text: "one" });
      await store.put("a", { text: "two" });
      return [await store.all(), [{ text: "two" }]];
    },
  },
  {
    name: "what is removed is gone, and nothing else",
    check: async (store) => {
      await store.put("a", { text: "one" });
      await store.put("b", { text: "two" });
      await store.remove("a");
      await store.remove("never there");
      return [await store.all(), [{ text: "two" }]];
    },
  },
  {
    name: "what is changed afterwards is not changed on the shelf",
    check: async (store) => {
      const item = { text: "one" };
      await store.put("a", item);
      item.text = "two";
      for (const kept of await store.all()) kept.text = "three";
      return [await store.all(), [{ text: "one" }]];
    },
  },
  {
    name: "two tabs at once lose nothing of each other",
    check: async (store, again) => {
      const both = ["0", "1", "2", "3"].flatMap((n) => [
        store.put(`a${n}`, { text: n }),
        again.put(`b${n}`, { text: n }),
      ]);
      await Promise.all(both);
      await Promise.all([store.remove("b0"), again.remove("a0")]);
      return [(await again.all()).map(({ text }) => text), ["1", "2", "3", "1", "2", "3"]];
    },
  },
];
