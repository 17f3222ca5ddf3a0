import { describe, expect, test } from "vitest";
import { LOCALES } from "../src/language/locale";
import { translatorFor } from "../src/language/translator";
import { usualText } from "../src/view/waiting";
import { counted, face, roll } from "../src/waiting/dice";
import { type LastHour, parseLastHour } from "../src/waiting/last-hour";
import { otherMode } from "../src/waiting/other-modes";
import { WAITING_TEXTS, type WaitingKey } from "../src/waiting/texts";

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

  test("is said in the visitor's language, in the unit that suits it", () => {
    const say = (locale: keyof typeof WAITING_TEXTS, hour: LastHour) =>
      usualText(hour, translatorFor<WaitingKey>(locale, WAITING_TEXTS[locale]));
    expect(say("en", { matches: 12, wait: 0.3 })).toBe(
      "12 conversations began here in the last hour. The usual wait was 1 second.",
    );
    expect(say("de", { matches: 1, wait: 150 })).toBe(
      "In der letzten Stunde hat hier 1 Gespräch begonnen. Die übliche Wartezeit war 3 Minuten.",
    );
    expect(say("en", { matches: 0, wait: undefined })).toBeUndefined();
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
  test.each(LOCALES)("have all plural forms of %s, and all values", (locale) => {
    const texts: Record<string, string | undefined> = WAITING_TEXTS[locale];
    for (const form of new Intl.PluralRules(locale).resolvedOptions().pluralCategories) {
      if (form === "zero" || (form === "many" && !["ru", "ar"].includes(locale))) continue; // millions in es, fr, pt
      expect(texts[`began_${form}`], form).toBeTruthy();
    }
    for (const [key, values] of [
      ["usual", ["{time}"]],
      ["there", ["{mode}", "{count}"]],
      ["change", ["{mode}"]],
      ["double", ["{one}", "{other}"]],
      ["rolled", ["{one}", "{other}"]],
      ["doubles", ["{doubles}", "{rolls}"]],
    ] as const)
      for (const value of values) expect(texts[key], key).toContain(value);
  });
});
