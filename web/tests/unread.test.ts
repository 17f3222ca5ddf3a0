import { expect, test } from "vitest";
import type { Conversation, Line } from "../src/core/call/state";
import { titleWith, UnreadCounter } from "../src/core/call/unread";
import { exceeds } from "../src/view/message-field";

const line = (from: Line["from"], id: string): Line => ({ id, from, text: id, state: "delivered" });
const conversation = (match: string, lines: Line[]) => ({ match, lines }) as unknown as Conversation;

test("lines of the stranger count while nobody looks", () => {
  const unseen = new UnreadCounter();
  const lines = [line("stranger", "1"), line("me", "2"), line("stranger", "3")];
  expect(unseen.count(conversation("m", lines.slice(0, 1)), true)).toBe(0);
  expect(unseen.count(conversation("m", lines), false)).toBe(1);
  expect(unseen.count(conversation("m", [...lines, line("me", "4"), line("stranger", "5")]), false)).toBe(2);
  expect(unseen.count(conversation("m", lines), true)).toBe(0);
});

test("the count is right even if the oldest lines are gone", () => {
  const lines = Array.from({ length: 200 }, (_, n) => line("stranger", `${n}`));
  const unseen = new UnreadCounter();
  expect(unseen.count(conversation("m", lines.slice(0, 3)), false)).toBe(3);
  expect(unseen.count(conversation("m", lines.slice(0, 3)), true)).toBe(0);
  expect(unseen.count(conversation("m", lines.slice(2)), false)).toBe(197);
});

test("another match starts from zero, and no match has none", () => {
  const unseen = new UnreadCounter();
  expect(unseen.count(conversation("m", [line("stranger", "1")]), false)).toBe(1);
  expect(unseen.count(conversation("n", []), false)).toBe(0);
  expect(unseen.count(undefined, false)).toBe(0);
});

test("the title shows the number once", () => {
  expect(titleWith("● Say hello", 2)).toBe("(2) ● Say hello");
  expect(titleWith("(2) ● Say hello", 12)).toBe("(12) ● Say hello");
  expect(titleWith("(12) ● Say hello", 0)).toBe("● Say hello");
});

test("pasted text replaces the selection and fits, or does not", () => {
  const field = { value: "12345678", selectionStart: 2, selectionEnd: 4, maxLength: 10 };
  expect([exceeds(field, "abcd"), exceeds(field, "abcde")]).toEqual([false, true]);
});
