import { expect, test } from "vitest";
import type { Phase } from "../src/core/call/state";
import { ALLOW, mayAdvertise, SANDBOX } from "../src/site/advertising";
import { inCall, reach } from "./calls";

const ALL: Phase[] = ["consent", "idle", "searching", "matched", "reconnecting", "banned"];

test("there is room for it while nobody is met, and after the rules are agreed to", () => {
  expect(ALL.filter((phase) => mayAdvertise({ phase }))).toEqual(["idle", "searching"]);
});

test("never beside a stranger, whatever the phase is called", () => {
  const [{ conversation }] = reach(...inCall);
  expect(conversation).toBeDefined();
  expect(ALL.filter((phase) => mayAdvertise({ phase, conversation }))).toEqual([]);
});

test("its frame has no origin, no way up and no senses", () => {
  for (const way of ["allow-same-origin", "allow-top-navigation", "allow-modals", "allow-downloads"]) {
    expect(SANDBOX).not.toContain(way);
  }
  expect(ALLOW).toContain("camera 'none'; microphone 'none'");
  expect(ALLOW.split("; ").every((feature) => feature.endsWith(" 'none'"))).toBe(true);
});
