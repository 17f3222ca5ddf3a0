import { describe, expect, test } from "vitest";
import { cardOrder, parseCard } from "../src/core/together/cards";
import { LOCALES } from "../src/language/locale";
import { loadCards } from "../src/together/cards";

const COUNT = 60;
/** Double spaces, spaces at the ends, three dots, straight quotes and markup. */
const CARELESS = / {2}|\s$|^\s|\.\.\.|"|\s[.,]|</;

describe("the order of the cards", () => {
  test("has each card once, and is the same on both pages", () => {
    const order = cardOrder("m1", COUNT);
    expect([...order].sort((one, other) => one - other)).toEqual([...Array(COUNT).keys()]);
    expect(cardOrder("m1", COUNT)).toEqual(order);
    expect(cardOrder("m2", COUNT)).not.toEqual(order);
  });

  test("begins with each card about as often", () => {
    const first = new Map<number, number>();
    for (let match = 0; match < 6_000; match++) {
      const [card = -1] = cardOrder(`match-${match}`, COUNT);
      first.set(card, (first.get(card) ?? 0) + 1);
    }
    expect(first.size).toBe(COUNT);
    expect(Math.max(...first.values())).toBeLessThan(200); // 100 on average
  });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["a text", "1"],
  ["a list", [1]],
  ["a fraction", 1.5],
  ["less than nothing", -1],
  ["a place after the last", COUNT],
  ["infinity", Number.POSITIVE_INFINITY],
])("a card with %s for its place is not shown", (_, n) => {
  expect(parseCard({ type: "card", n }, COUNT)).toBeUndefined();
});

test("a card is known by its place alone", () => {
  expect(parseCard({ type: "card", n: 59, text: "<b>" }, COUNT)).toBe(59);
});

test.each(LOCALES)("there are sixty cards of one or two sentences, in %s", async (locale) => {
  const cards = await loadCards(locale);
  const english = await loadCards("en");
  expect(cards).toHaveLength(COUNT);
  expect(new Set(cards).size).toBe(COUNT);
  cards.forEach((text, place) => {
    expect([text, text.match(CARELESS)?.[0]]).toEqual([text.normalize("NFC"), undefined]);
    expect([text, text.length < 130, /[.?؟]$/.test(text)]).toEqual([text, true, true]);
    if (locale === "fr") expect([text, text.match(/ [?!:;»]/)?.[0]]).toEqual([text, undefined]); // would break
    if (locale !== "en") expect(text).not.toBe(english[place]);
  });
});
