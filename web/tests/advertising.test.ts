import { expect, test } from "vitest";
import type { Phase } from "../src/core/call/state";
import { ALLOW, mayAdvertise, SANDBOX } from "../src/site/advertising";
import { inCall, reach } from "./calls";

const ALL: Phase[] = ["consent", "idle", "searching", "matched", "reconnecting", "banned"];

test("advertisements are allowed after consent while there is no stranger", () => {
  expect(ALL.filter((phase) => mayAdvertise({ phase }))).toEqual(["idle", "searching"]);
});

test("no advertisement is shown beside a stranger, in any phase", () => {
  const [{ conversation }] = reach(...inCall);
  expect(conversation).toBeDefined();
  expect(ALL.filter((phase) => mayAdvertise({ phase, conversation }))).toEqual([]);
});

test("the frame of an advertisement has no origin, no access to the page and no devices", () => {
  for (const way of ["allow-same-origin", "allow-top-navigation", "allow-modals", "allow-downloads"]) {
    expect(SANDBOX).not.toContain(way);
  }
  expect(ALLOW).toContain("camera 'none'; microphone 'none'");
  expect(ALLOW.split("; ").every((feature) => feature.endsWith(" 'none'"))).toBe(true);
});
