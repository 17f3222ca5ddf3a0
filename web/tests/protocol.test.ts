import { expect, test } from "vitest";
import protocol from "../../docs/browser-protocol.md?raw";
import { begin } from "../src/core/call";
import type { Call } from "../src/core/call/state";
import { MAX, MAX_FRAME_BYTES, SUBPROTOCOL, type ToBrowser } from "../src/messages.generated";
import { step } from "./calls";

const examples = [...protocol.matchAll(/```json\n([^`]+)```/g)].map(([, text]) => JSON.parse(text as string));

/** A search with a welcomed socket, in which most frames may come. */
function searching(): Call {
  const [started] = step(begin(true), { type: "start", wish: { mode: "video" } });
  const welcome = examples.find(({ type }) => type === "welcome") as ToBrowser;
  return step(started, { type: "frame", frame: welcome })[0];
}

test("the page documents every frame", () => {
  expect(examples.length).toBe(25);
  expect(new Set(examples.map(({ type }) => type)).size).toBe(25);
});

test.each(examples as ToBrowser[])(
  "$type, as documented, is accepted before and in a conversation",
  (frame) => {
    const matched = examples.find(({ type }) => type === "matched") as ToBrowser;
    const [call] = step(searching(), { type: "frame", frame: matched });
    expect(call.phase).toBe("matched");
    for (const before of [searching(), call]) {
      const [after, effects] = step(before, { type: "frame", frame });
      expect(["searching", "matched", "banned"]).toContain(after.phase);
      expect(effects.every((effect) => effect.type !== "connect")).toBe(true);
    }
  },
);

test("a description of the current match reaches the peer unchanged", () => {
  const of = (type: string) => examples.find((example) => example.type === type) as ToBrowser;
  const [call] = step(searching(), { type: "frame", frame: of("matched") });
  const [, effects] = step(call, { type: "frame", frame: of("description") });
  expect(effects).toEqual([{ type: "signal", signal: of("description") }]);
});

test("the limits are those that the views and the batcher use", () => {
  expect([SUBPROTOCOL, MAX_FRAME_BYTES, MAX.chat.text, MAX.candidates.candidates]).toEqual([
    "zufall.v2",
    32768,
    2000,
    16,
  ]);
});
