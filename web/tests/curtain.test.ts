import { expect, test } from "vitest";
import {
  type Checked,
  decide,
  LONGEST_COARSE,
  type Situation,
  UNCHECKED,
  waitsFor,
} from "../src/core/curtain";
import type { Curtain } from "../src/http.generated";

const STATES: Checked["state"][] = ["idle", "loading", "ready", "weak", "failed", "off"];
const VERDICTS: Checked["mine"][] = ["unknown", "fine", "bad"];
const MODES: Curtain[] = ["always", "auto", "off"];
const BOTH = [false, true];

/** Every possible situation. */
function everySituation(): Situation[] {
  const all: Situation[] = [];
  for (const mode of MODES)
    for (const state of STATES)
      for (const mine of VERDICTS)
        for (const theirs of VERDICTS)
          for (const lifts of BOTH)
            for (const told of BOTH)
              for (const lifted of BOTH)
                for (const asked of BOTH)
                  for (const longest of [0, 40, LONGEST_COARSE, LONGEST_COARSE + 1, 1280])
                    for (const before of ["coarse", "hidden", "clear"] as const)
                      all.push({
                        mode,
                        lifted: { mine: lifts, told: lifts && told, theirs: lifted, asked: asked && lifts },
                        checked: { state, mine, theirs },
                        longest,
                        before,
                      });
  return all;
}

const situation = (change: Partial<Situation>): Situation => ({
  mode: "auto",
  lifted: { mine: false, told: false, theirs: false, asked: false },
  checked: UNCHECKED,
  longest: 40,
  before: "coarse",
  ...change,
});
const lifted = { mine: true, told: true, theirs: true, asked: false };
const ready = (mine: Checked["mine"], theirs: Checked["theirs"]): Checked => ({
  state: "ready",
  mine,
  theirs,
});

test("in every situation, nothing is clear before both have lifted", () => {
  for (const one of everySituation().filter(({ lifted: { told, theirs } }) => !(told && theirs))) {
    const { shows, open } = decide(one);
    const covered = one.longest > LONGEST_COARSE ? "hidden" : "coarse";
    expect([shows, open], JSON.stringify(one)).toEqual([covered, false]);
  }
});

test("in every situation, my picture is sent clearly once both have lifted, and nothing is hidden", () => {
  for (const one of everySituation().filter(({ lifted: { told, theirs } }) => told && theirs)) {
    const { shows, open } = decide(one);
    expect([open, shows === "hidden"]).toEqual([true, false]);
  }
});

test("my curtain lifts by itself only while it is down, for one of two reasons", () => {
  for (const one of everySituation()) {
    const { mode, checked } = one;
    const fine = mode === "auto" && checked.state === "ready" && checked.mine === "fine";
    expect(decide(one).lifts, JSON.stringify(one)).toBe(!one.lifted.mine && (fine || mode === "off"));
  }
});

test("once both have lifted, the button shows the stranger, whatever the check says", () => {
  for (const one of everySituation().filter(
    ({ lifted: { told, theirs, asked } }) => told && theirs && asked,
  )) {
    expect(decide(one).shows).toBe("clear");
  }
});

test("a curtain that lifted by itself shows the stranger only if the check finds nothing", () => {
  for (const one of everySituation()) {
    const { mode, checked, before } = one;
    if (!one.lifted.told || !one.lifted.theirs || one.lifted.asked || before === "clear") continue;
    const fine = mode === "auto" && checked.state === "ready" && checked.theirs === "fine";
    expect(decide(one).shows, JSON.stringify(one)).toBe(fine || mode === "off" ? "clear" : "coarse");
  }
});

test("in `auto`, a fine picture lifts the curtain and shows a fine stranger", () => {
  const mine = decide(situation({ checked: ready("fine", "unknown") }));
  expect(mine).toEqual({ shows: "coarse", open: false, lifts: true });
  const both = situation({ lifted, checked: ready("fine", "unknown"), longest: 1280 });
  expect(decide(both)).toEqual({ shows: "coarse", open: true, lifts: false });
  expect(decide({ ...both, checked: ready("fine", "bad") }).shows).toBe("coarse");
  expect(decide({ ...both, checked: ready("fine", "fine") }).shows).toBe("clear");
});

test("a picture that was shown stays when the check finds something later or fails", () => {
  const seen = situation({ lifted, before: "clear", longest: 1280 });
  expect(decide({ ...seen, checked: ready("fine", "bad") }).shows).toBe("clear");
  expect(decide({ ...seen, checked: { ...ready("fine", "fine"), state: "failed" } }).shows).toBe("clear");
});

test("the curtain names what it waits for", () => {
  const waits = (mine: boolean, told: boolean, theirs: boolean) =>
    waitsFor({ mine, told, theirs, asked: false });
  expect([waits(false, false, false), waits(false, false, true)]).toEqual(["both", "me"]);
  expect([waits(true, false, false), waits(true, false, true)]).toEqual(["way", "way"]);
  expect([waits(true, true, false), waits(true, true, true)]).toEqual(["them", "check"]);
});
