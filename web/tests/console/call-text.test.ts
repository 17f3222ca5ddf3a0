import { expect, test } from "vitest";
import type { Call } from "../../console/src/api.generated";
import { claimedOfCall, knownOfCall } from "../../console/src/call-text";

const call: Call = {
  mode: "audio",
  reporter_languages: ["de"],
  accused_languages: ["pt", "en"],
  accused_country: "AT",
  claimed_seconds: 34,
  claimed_ending: "next",
  counter_report: null,
};
const unknown = { ...call, mode: "", reporter_languages: [], accused_languages: [], accused_country: "" };

test("what gateways know stands apart from what the reporter's page says", () => {
  expect(knownOfCall(call)).toEqual([
    "audio call",
    "the accused speaks Portuguese, English",
    "the reporter speaks German",
    "the address of the accused is in Austria",
  ]);
  expect(claimedOfCall(call)).toBe(
    "The reporter's page says that the call lasted 34 seconds: the accused went on to the next stranger.",
  );
});

test("what is not known is left out", () => {
  expect(knownOfCall(unknown)).toEqual([]);
  expect(claimedOfCall({ ...call, claimed_ending: "unknown" })).toBeUndefined();
});

test("a code that is none stands as it came", () => {
  expect(knownOfCall({ ...unknown, accused_languages: ["x"] })).toEqual(["the accused speaks x"]);
});
