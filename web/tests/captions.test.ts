import { describe, expect, test } from "vitest";
import { LONGEST_CAPTION, parseCaption } from "../src/core/captions/caption";
import {
  type CaptionLine,
  CaptionRate,
  nextEnd,
  shownLines,
  takeCaption,
} from "../src/core/captions/caption-lines";
import { OwnCaptions } from "../src/core/captions/own-captions";

const fine = { n: 1, text: "hello", final: true };

describe("a caption of a stranger", () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ["is taken", { ...fine, language: "de-AT" }, { ...fine, language: "de-AT" }],
    ["may have fields of a newer page", { ...fine, colour: "red" }, fine],
    ["has no language that is none", { ...fine, language: '"><b>' }, fine],
    ["stays markup as text", { ...fine, text: "<b>hi</b>" }, { ...fine, text: "<b>hi</b>" }],
    [
      "hides nothing and turns nothing around",
      { ...fine, text: "a\u202eb\u200bc" },
      { ...fine, text: "abc" },
    ],
    ["is one line", { ...fine, text: "a\n\n b" }, { ...fine, text: "a b" }],
    ["needs a number", { ...fine, n: "1" }, undefined],
    ["counts from 1", { ...fine, n: 0 }, undefined],
    ["has a whole number", { ...fine, n: 1.5 }, undefined],
    ["has a number that can be told from the next", { ...fine, n: 2 ** 53 }, undefined],
    ["needs words", { ...fine, text: " \u200b " }, undefined],
    ["is text", { ...fine, text: { length: 1 } }, undefined],
    ["is final or not", { ...fine, final: 1 }, undefined],
  ])("%s", (_, said, read) => {
    expect(parseCaption(said)).toEqual(read);
  });

  test("of 100 kB has its end only, without half an emoji", () => {
    const text = `${"🙂".repeat(25_000)}x`;
    const read = parseCaption({ ...fine, text })?.text ?? "";
    expect(read.length).toBeLessThanOrEqual(LONGEST_CAPTION);
    expect([read.endsWith("🙂x"), read.isWellFormed()]).toEqual([true, true]);
  });
});

describe("the lines", () => {
  const line = (n: number, text: string, final = false) => ({ n, text, final });
  const take = (...captions: ReturnType<typeof line>[]) =>
    captions.reduce<readonly CaptionLine[]>((lines, caption, at) => takeCaption(lines, caption, at), []);
  const texts = (lines: readonly CaptionLine[]) => lines.map(({ text }) => text);

  test("are in order, and a partial line is replaced by its later form", () => {
    expect(
      texts(
        take(line(1, "good mor"), line(1, "good morning"), line(2, "how"), line(1, "Good morning!", true)),
      ),
    ).toEqual(["Good morning!", "how"]);
  });

  test("do not change when they are final", () => {
    expect(texts(take(line(1, "yes", true), line(1, "no"), line(1, "no", true)))).toEqual(["yes"]);
  });

  test("never begin before the newest", () => {
    expect(texts(take(line(5, "five"), line(3, "three"), line(9, "nine")))).toEqual(["five", "nine"]);
  });

  test("are few", () => {
    expect(take(...Array.from({ length: 1_000 }, (_, n) => line(n + 1, "word"))).length).toBe(6);
  });

  test("are shown two at a time, for eight seconds after their last change", () => {
    const lines = take(line(1, "one"), line(2, "two"), line(3, "three"));
    expect(texts(shownLines(lines, 3))).toEqual(["two", "three"]);
    expect(nextEnd(lines, 3)).toBe(8_001);
    expect(texts(shownLines(lines, 8_001))).toEqual(["three"]);
    expect([shownLines(lines, 8_002), nextEnd(lines, 8_002)]).toEqual([[], undefined]);
  });

  test("of a flood are not read, and those after it are", () => {
    const rate = new CaptionRate();
    const taken = (now: number) =>
      Array.from({ length: 100 }, () => rate.mayTake(now)).filter(Boolean).length;
    expect([taken(0), taken(1_000), taken(60_000)]).toEqual([30, 15, 30]);
  });
});

describe("my captions", () => {
  const phrase = (index: number, text: string, final = false) => ({ index, text, final });

  test("have one number for each phrase, also after the recogniser began again", () => {
    const mine = new OwnCaptions();
    mine.begin();
    expect(mine.heard([phrase(0, "good mor")], "en-US", 0)).toEqual([
      { n: 1, text: "good mor", final: false, language: "en-US" },
    ]);
    const both = [phrase(0, "Good morning!", true), phrase(1, "how")];
    expect(mine.heard(both, "en-US", 300).map(({ n, final }) => [n, final])).toEqual([
      [1, true],
      [2, false],
    ]);
    mine.begin();
    expect(mine.heard([phrase(0, "Fine.", true)], "en-US", 600).map(({ n }) => n)).toEqual([3]);
  });

  test("are sent four times a second, but a final one at once, and once", () => {
    const mine = new OwnCaptions();
    mine.begin();
    const sent = (at: number, final = false) => mine.heard([phrase(0, `at ${at}`, final)], "en", at).length;
    expect([sent(0), sent(100), sent(249), sent(250), sent(260, true), sent(270, true), sent(900)]).toEqual([
      1, 0, 0, 1, 1, 0, 0,
    ]);
  });

  test("are no longer than the stranger's page takes, and never empty", () => {
    const mine = new OwnCaptions();
    const [long] = mine.heard([phrase(0, "word ".repeat(900), true)], "en", 0);
    expect(long?.text.length).toBeLessThanOrEqual(LONGEST_CAPTION);
    expect(mine.heard([phrase(1, "  ", true)], "en", 0)).toEqual([]);
  });
});
