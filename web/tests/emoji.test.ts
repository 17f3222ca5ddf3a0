import { describe, expect, test } from "vitest";
import { admittedCount, MAX_AFLOAT, REACTIONS, reactionText } from "../src/core/call/reactions";
import { emojiPattern, reactionIn } from "../src/core/text/emoji";
import { translatorFor } from "./translators";

describe.each(["v", "u"] as const)("with the flag %s", (flag) => {
  const read = (text: string) => reactionIn(text, emojiPattern(flag));

  test.each([
    ["one", "👏", ["👏"]],
    ["two", "😂😂", ["😂", "😂"]],
    ["three, apart", " 👍 🎉 👋 ", ["👍", "🎉", "👋"]],
    ["a heart as an emoji", "❤️", ["❤️"]],
    ["a skin tone", "👍🏽", ["👍🏽"]],
    ["three with skin tones", "👍🏽👋🏿👏🏻", ["👍🏽", "👋🏿", "👏🏻"]],
    ["a family", "👨‍👩‍👧‍👦", ["👨‍👩‍👧‍👦"]],
    ["a profession with a skin tone", "🧑🏽‍🚒", ["🧑🏽‍🚒"]],
    ["a woman who runs", "🏃🏽‍♀️", ["🏃🏽‍♀️"]],
    ["a heart on fire", "❤️‍🔥", ["❤️‍🔥"]],
    ["flags", "🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]],
    ["a rainbow flag", "🏳️‍🌈", ["🏳️‍🌈"]],
    ["Scotland", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", ["🏴󠁧󠁢󠁳󠁣󠁴󠁿"]],
    ["a keycap", "5️⃣", ["5️⃣"]],
    ["couples", "👩🏽‍❤️‍💋‍👨🏻", ["👩🏽‍❤️‍💋‍👨🏻"]],
  ])("%s", (_, text, emoji) => {
    expect(read(text)).toEqual(emoji);
  });

  test.each([
    ["nothing", ""],
    ["blanks", "  "],
    ["four", "👍👍👍👍"],
    ["four with skin tones", "👍🏽👍🏽👍🏽👍🏽"],
    ["words", "hello"],
    ["a word and an emoji", "hi 👋"],
    ["a digit", "5"],
    ["a hash", "#"],
    ["a heart as text", "❤"],
    ["a heart that is asked for as text", "❤︎"],
    ["the sign of copyright", "©"],
    ["half a flag", "🇩"],
    ["three halves of flags", "🇩🇪🇫"],
    ["a joiner alone", "\u200d"],
    ["a keycap without its digit", "\u20e3"],
    ["an emoji that ends in a joiner", "👨\u200d"],
    ["an override", "👍\u202e"],
    ["an emoticon", ":-)"],
    ["what no emoji is long enough for", `👍${" ".repeat(200)}`],
  ])("%s is not emoji", (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  test("each reaction on offer is one emoji", () => {
    for (const [emoji] of REACTIONS) expect(read(emoji)).toEqual([emoji]);
  });
});

test("reactions have names, and other emoji stand for themselves", () => {
  const [en, de] = [translatorFor("en"), translatorFor("de")];
  expect(reactionText(["👏"], "stranger", en)).toBe("The stranger reacted: clapping");
  expect(reactionText(["👏", "❤️"], "stranger", de)).toBe("Reaktion deines Gegenübers: Klatschen, Herz");
  expect(reactionText(["🐙"], "me", en)).toBe("You reacted: 🐙");
  for (const [, name] of REACTIONS) expect(en.text(name)).toMatch(/^[a-z ]+$/);
});

test("only a few emoji float at once", () => {
  const asked = [
    [1, 0],
    [3, 4],
    [3, MAX_AFLOAT],
    [3, MAX_AFLOAT + 1],
  ] as const;
  expect(asked.map(([count, afloat]) => admittedCount(count, afloat))).toEqual([1, 2, 0, 0]);
});
