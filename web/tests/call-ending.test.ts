import { expect, test } from "vitest";
import { step } from "../src/core/call";
import type { Call, CallEvent } from "../src/core/call/state";
import type { EndReason } from "../src/messages.generated";
import { endingOf, reportedCall } from "../src/safety/call-ending";
import { inCall, reach } from "./calls";

const call = reach(...inCall)[0];
const match = call.conversation?.match ?? "";

function endingAfter(event: CallEvent): ReturnType<typeof endingOf> {
  return endingOf(call, step(call, event, 1_000)[0] as Call);
}

test.each<EndReason>(["next", "stop", "lost", "blocked", "banned"])(
  "the stranger's end is told: %s",
  (reason) => {
    expect(endingAfter({ type: "frame", frame: { type: "ended", match, reason } })).toBe(reason);
  },
);

test.each(["next", "stop"] as const)("an end of the visitor's own is told as theirs: %s", (type) => {
  expect(endingAfter({ type })).toBe("reporter");
});

test("a call that goes on has no end, and not every end is known", () => {
  expect(endingOf(call, call)).toBeUndefined();
  expect(endingOf({ ...call, conversation: undefined }, { ...call, ended: "next" })).toBeUndefined();
  expect(endingOf(call, { ...call, conversation: undefined })).toBeUndefined();
});

test("a report tells whole seconds", () => {
  expect(reportedCall(33_600, "next")).toEqual({ seconds: 34, ending: "next" });
  expect(reportedCall(-5, undefined)).toEqual({ seconds: 0 });
});
