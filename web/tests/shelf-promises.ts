// What every shelf promises, as checks that run in Vitest and, bundled, in a browser.

import type { Shelf } from "../src/storage/shelf";

type Item = { text: string; pictures?: string[] };

export interface Promised {
  name: string;
  /** What there is, and what there should be. */
  check: (shelf: Shelf<Item>, again: Shelf<Item>) => Promise<[found: unknown, expected: unknown]>;
}

/** `again`: another shelf on the same things, as another tab has it. */
export const PROMISES: Promised[] = [
  {
    name: "an empty one has nothing",
    check: async (shelf) => [await shelf.all(), []],
  },
  {
    name: "what is put is there, in the order of the ids, as it was",
    check: async (shelf) => {
      const pictures = ["x".repeat(200_000)];
      await shelf.put("b", { text: "<b>ü👋</b>" });
      await shelf.put("a", { text: "first", pictures });
      return [await shelf.all(), [{ text: "first", pictures }, { text: "<b>ü👋</b>" }]];
    },
  },
  {
    name: "the same id again replaces",
    check: async (shelf) => {
      await shelf.put("a", { text: "one" });
      await shelf.put("a", { text: "two" });
      return [await shelf.all(), [{ text: "two" }]];
    },
  },
  {
    name: "what is removed is gone, and nothing else",
    check: async (shelf) => {
      await shelf.put("a", { text: "one" });
      await shelf.put("b", { text: "two" });
      await shelf.remove("a");
      await shelf.remove("never there");
      return [await shelf.all(), [{ text: "two" }]];
    },
  },
  {
    name: "what is changed afterwards is not changed on the shelf",
    check: async (shelf) => {
      const item = { text: "one" };
      await shelf.put("a", item);
      item.text = "two";
      for (const kept of await shelf.all()) kept.text = "three";
      return [await shelf.all(), [{ text: "one" }]];
    },
  },
  {
    name: "two tabs at once lose nothing of each other",
    check: async (shelf, again) => {
      const both = ["0", "1", "2", "3"].flatMap((n) => [
        shelf.put(`a${n}`, { text: n }),
        again.put(`b${n}`, { text: n }),
      ]);
      await Promise.all(both);
      await Promise.all([shelf.remove("b0"), again.remove("a0")]);
      return [(await again.all()).map(({ text }) => text), ["1", "2", "3", "1", "2", "3"]];
    },
  },
];
