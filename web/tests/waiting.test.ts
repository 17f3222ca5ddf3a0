import { describe, expect, test } from "vitest";
import { LOCALES, type Locale } from "../src/language/locale";
import { usualText } from "../src/view/waiting";
import { counted, face, roll } from "../src/waiting/dice";
import { type LastHour, parseLastHour } from "../src/waiting/last-hour";
import { otherMode } from "../src/waiting/other-modes";
import { loadWords } from "../src/waiting/texts";

const minute = (matches: unknown, wait_p50: unknown) => ({
  minute: "2026-11-30T10:00:00Z",
  matches,
  wait_p50,
});
const answer = (...hour: unknown[]) => ({ complete: true, hour });

describe("the last hour", () => {
  test.each<[string, unknown, LastHour | undefined]>([
    ["nothing", undefined, undefined],
    ["a list", [], undefined],
    ["an answer of some gateways", { ...answer(minute(1, 2)), complete: false }, undefined],
    ["an hour without anybody", answer(), { matches: 0, wait: undefined }],
    ["a minute without a match", answer(minute(0, null)), { matches: 0, wait: undefined }],
    ["one match", answer(minute(1, 4)), { matches: 1, wait: 4 }],
    [
      "figures that are none",
      answer(minute("7", 3), minute(2, "x"), minute(-1, 2), 5),
      { matches: 0, wait: undefined },
    ],
    ["a wait of most matches", answer(minute(1, 90), minute(8, 2), minute(1, 0.1)), { matches: 10, wait: 2 }],
    ["a half of quick ones", answer(minute(2, 30), minute(2, 1)), { matches: 4, wait: 1 }],
  ])("reads %s", (_, said, hour) => {
    expect(parseLastHour(said)).toEqual(hour);
  });

  test("is said in the visitor's language, in the unit that suits it", async () => {
    const say = async (locale: Locale, hour: LastHour) => usualText(hour, await loadWords(locale));
    expect(await say("en", { matches: 12, wait: 0.3 })).toBe(
      "12 conversations began here in the last hour. The usual wait was 1 second.",
    );
    expect(await say("de", { matches: 1, wait: 150 })).toBe(
      "In der letzten Stunde hat hier 1 Gespräch begonnen. Die übliche Wartezeit war 3 Minuten.",
    );
    expect(await say("en", { matches: 0, wait: undefined })).toBeUndefined();
  });
});

describe("another mode", () => {
  const there = (modes: object) => ({ online: 9, modes });
  test("is offered where people are, and where no other device is needed", () => {
    expect(otherMode("video", there({ audio: 1, text: 3 }))).toEqual({ mode: "text", people: 3 });
    expect(otherMode("audio", there({ video: 7, text: 1 }))).toEqual({ mode: "text", people: 1 });
    expect(otherMode("video", there({ video: 7, audio: 0 }))).toBeUndefined();
    expect(otherMode("text", there({ video: 7, audio: 4 }))).toBeUndefined();
  });
});

describe("the dice", () => {
  test("have six sides, whatever random gives", () => {
    expect(roll(() => 0)).toEqual([1, 1]);
    expect(roll(() => 0.999_999)).toEqual([6, 6]);
    expect([1, 6].map(face)).toEqual(["⚀", "⚅"]);
  });

  test("count doubles", () => {
    const luck = counted(counted({ rolls: 0, doubles: 0 }, [2, 2]), [2, 3]);
    expect(luck).toEqual({ rolls: 2, doubles: 1 });
  });
});

describe("the texts", () => {
  test.each(LOCALES)("of %s have each plural form, and all values", async (locale) => {
    const words = await loadWords(locale);
    for (const count of [1, 2, 3, 5, 11, 21, 100])
      expect(words.count("began", count), `${count}`).toMatch(/\S{3}/);
    const values = { time: "T", mode: "M", count: 7, one: 1, other: 2, doubles: 8, rolls: 9 };
    const said = (["usual", "there", "change", "double", "rolled", "doubles"] as const).map((key) =>
      words.text(key, values).replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660)),
    );
    expect(said.map((text) => [...(text.match(/[TM1-9]/g) ?? [])].sort().join(""))).toEqual(
      expect.arrayContaining([
        expect.stringContaining("T"),
        expect.stringContaining("7"),
        expect.stringContaining("12"),
      ]),
    );
    expect(said.join(" ")).not.toContain("{");
  });
});
