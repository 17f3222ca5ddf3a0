import { expect, test } from "vitest";
import { wellFormedJson } from "../src/core/text/well-formed";

test("half an emoji becomes a replacement character, at any depth", () => {
  const half = "💙".slice(0, 1);
  expect(wellFormedJson({ text: `a${half}`, chat: [{ text: half }] })).toBe(
    '{"text":"a\ufffd","chat":[{"text":"\ufffd"}]}',
  );
});

test("everything else stays", () => {
  const message = { type: "chat", text: "grüß 💙", sdpMLineIndex: 0, none: null };
  expect(wellFormedJson(message)).toBe(JSON.stringify(message));
});
