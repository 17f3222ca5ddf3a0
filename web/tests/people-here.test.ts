import { expect, test } from "vitest";
import { type PeopleHere, parsePeople, peopleText } from "../src/people-here";
import { fetchStatus } from "../src/public-status";
import { translatorFor } from "./translators";

const COMPLETE = { complete: true, online: 12 };
const TWELVE: PeopleHere = { online: 12, modes: { video: 7, audio: 0, text: 3 } };

test.each([
  undefined,
  null,
  7,
  {},
  { online: 12 },
  { ...COMPLETE, complete: false },
  { ...COMPLETE, online: -1 },
  { ...COMPLETE, online: "12" },
  { ...COMPLETE, online: 1.5 },
  { ...COMPLETE, online: Number.NaN },
])("%j does not say how many are here", (answer) => expect(parsePeople(answer)).toBeUndefined());

test("the modes of an older gateway, and what is no number, are left out", () => {
  expect(parsePeople(COMPLETE)).toEqual({ online: 12, modes: {} });
  const people = { video: 7, audio: "2", text: -3, telepathy: 4 };
  expect(parsePeople({ ...COMPLETE, people })).toEqual({ online: 12, modes: { video: 7 } });
});

test("people are counted in total and by mode", () => {
  expect(peopleText(TWELVE, translatorFor("en"))).toBe("12 people are here · Video: 7 · Text: 3");
  expect(peopleText({ online: 2, modes: {} }, translatorFor("en"))).toBe("2 people are here");
});

test("nobody is told that they are alone", () => {
  for (const online of [0, 1]) expect(peopleText({ online, modes: {} }, translatorFor("en"))).toBeUndefined();
});

test.each([
  ["de", 3, "Gerade sind 3 Personen hier"],
  ["es", 1_000_000, "Hay 1000000 de personas aquí"],
  ["fr", 2, "2 personnes sont ici"],
  ["pt", 2, "2 pessoas estão aqui"],
  ["ru", 3, "Здесь 3 человека"],
  ["ru", 5, "Здесь 5 человек"],
  ["ru", 21, "Здесь 21 человек"],
  ["tr", 2, "Burada 2 kişi var"],
  ["ar", 2, "هنا الآن شخصان"],
  ["ar", 3, "هنا الآن ٣ أشخاص"],
] as const)("%s has the right form for %i", (locale, online, said) => {
  const digits = (text?: string) => text?.replace(/[٠-٩]/g, (digit) => String("٠١٢٣٤٥٦٧٨٩".indexOf(digit)));
  expect(digits(peopleText({ online, modes: {} }, translatorFor(locale)))).toBe(digits(said));
});

test("a status that is missing or not JSON is undefined", async () => {
  const answers = (response: () => Promise<Response>) => fetchStatus(false, response as typeof fetch);
  expect(await answers(async () => Response.json(COMPLETE))).toEqual(COMPLETE);
  expect(await answers(async () => Response.json(COMPLETE, { status: 404 }))).toBeUndefined();
  expect(await answers(async () => new Response("<html>"))).toBeUndefined();
  expect(await answers(() => Promise.reject(new TypeError("offline")))).toBeUndefined();
});
