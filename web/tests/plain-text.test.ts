import { expect, test } from "vitest";
import { cleanText, isolatedText } from "../src/core/text/plain-text";

test.each([
  ["an override", "https://\u202egpj.elpmaxe", "https://gpj.elpmaxe"],
  ["isolates and embeddings", "\u2066a\u2069\u202bb\u202c", "ab"],
  ["what has no width", "zu\u200bfall\u2060.\ufeffexample", "zufall.example"],
  ["fillers", "a\u3164\u115f\u1160\uffa0b", "ab"],
  ["controls", "bell\u0007 escape\u001b[2J", "bell escape[2J"],
  ["tags", "tag\u{e0041}\u{e007f}", "tag"],
  ["separators of lines that are none", "a\u2028b\u2029c", "abc"],
])("%s is removed", (_, written, shown) => expect(cleanText(written)).toBe(shown));

test.each([
  "two\nlines\tand a tab",
  "می\u200cخواهم",
  "क्\u200dष",
  "👨‍👩‍👧 ❤️ 👍🏽",
  "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
  "soft\u00adhyphen",
  "שלום\u200f!",
  "Việt Nam café",
  "<b>https://evil.example</b>",
])("%j stays", (written) => expect(cleanText(written)).toBe(written));

test("piled up accents are limited to what languages use", () => {
  expect(cleanText(`Z${"\u0335".repeat(60)}!`)).toBe(`Z${"\u0335".repeat(4)}!`);
});

test("a name from right to left is isolated, and others do not change", () => {
  expect([isolatedText("chess"), isolatedText("c\u202e++"), isolatedText("שחמט")]).toEqual([
    "chess",
    "c++",
    "\u2068שחמט\u2069",
  ]);
});
