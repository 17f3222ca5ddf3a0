// What every shelf promises, as checks that run in Vitest and, bundled, in a browser.

import type { KeyValueStore } from "../src/storage/key-value-store";

type Item = { text: string; pictures?: string[] };

export interface Promised {
  name: string;
  /** What there is, and what there should be. */
  check: (
    store_: KeyValueStore<Item>,
    again: KeyValueStore<Item>,
  ) => Promise<[found: unknown, expected: unknown]>;
}

/** `again`: another shelf on the same things, as another tab has it. */
export const PROMISES: Promised[] = [
  {
    name: "an empty one has nothing",
    check: async (store_) => [await store_.all(), []],
  },
  {
    name: "what is put is there, in the order of the ids, as it was",
    check: async (store_) => {
      const pictures = ["x".repeat(200_000)];
      await store_.put("b", { text: "<b>ü👋</b>" });
      await store_.put("a", { text: "first", pictures });
      return [await store_.all(), [{ text: "first", pictures }, { text: "<b>ü👋</b>" }]];
    },
  },
  {
    name: "the same id again replaces",
    check: async (store_) => {
      await store_.put("a", { text: "one" });
      await store_.put("a", { text: "two" });
      return [await store_.all(), [{ text: "two" }]];
    },
  },
  {
    name: "what is removed is gone, and nothing else",
    check: async (store_) => {
      await store_.put("a", { text: "one" });
      await store_.put("b", { text: "two" });
      await store_.remove("a");
      await store_.remove("never there");
      return [await store_.all(), [{ text: "two" }]];
    },
  },
  {
    name: "what is changed afterwards is not changed on the shelf",
    check: async (store_) => {
      const item = { text: "one" };
      await store_.put("a", item);
      item.text = "two";
      for (const kept of await store_.all()) kept.text = "three";
      return [await store_.all(), [{ text: "one" }]];
    },
  },
  {
    name: "two tabs at once lose nothing of each other",
    check: async (store_, again) => {
      const both = ["0", "1", "2", "3"].flatMap((n) => [
        store_.put(`a${n}`, { text: n }),
        again.put(`b${n}`, { text: n }),
      ]);
      await Promise.all(both);
      await Promise.all([store_.remove("b0"), again.remove("a0")]);
      return [(await again.all()).map(({ text }) => text), ["1", "2", "3", "1", "2", "3"]];
    },
  },
];
