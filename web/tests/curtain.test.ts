import { expect, test } from "vitest";
import {
  type Checked,
  decide,
  LONGEST_BLURRED,
  LONGEST_COARSE,
  type Situation,
  UNCHECKED,
  waitsFor,
} from "../src/core/curtain";
import type { Curtain } from "../src/http.generated";

const STATES: Checked["state"][] = ["idle", "loading", "ready", "weak", "failed", "off"];
const VERDICTS: Checked["mine"][] = ["unknown", "fine", "doubted", "bad"];
const MODES: Curtain[] = ["always", "auto", "off"];
const BOTH = [false, true];

/** Every possible situation. */
const SITUATIONS = everySituation();
/** Those in which both have lifted their curtains. */
const OPEN = SITUATIONS.filter(({ lifted: { told, theirs } }) => told && theirs);

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
                  for (const longest of [0, 40, LONGEST_COARSE, LONGEST_COARSE + 1, LONGEST_BLURRED, 1280])
                    for (const before of ["coarse", "hidden", "blurred", "clear"] as const)
                      for (const visible of BOTH)
                        all.push({
                          mode,
                          lifted: { mine: lifts, told: lifts && told, theirs: lifted, asked: asked && lifts },
                          checked: { state, mine, theirs },
                          longest,
                          visible,
                          before,
                        });
  return all;
}

const situation = (change: Partial<Situation>): Situation => ({
  mode: "auto",
  lifted: { mine: false, told: false, theirs: false, asked: false },
  checked: UNCHECKED,
  longest: 40,
  visible: false,
  before: "coarse",
  ...change,
});
const lifted = { mine: true, told: true, theirs: true, asked: false };
const ready = (mine: Checked["mine"], theirs: Checked["theirs"]): Checked => ({
  state: "ready",
  mine,
  theirs,
});

/** Checks that `holds` is true in each of `situations`. */
function inEach(situations: Situation[], holds: (one: Situation) => boolean): void {
  expect(situations.length).toBeGreaterThan(1_000);
  expect(situations.filter((one) => !holds(one)).slice(0, 3)).toEqual([]);
}

/** Both have lifted, and the picture is too small or has to be looked at again. */
function isBlurred({ longest, checked }: Situation): boolean {
  return longest <= LONGEST_BLURRED || checked.theirs === "doubted";
}

test("in every situation, nothing is clear before both have lifted", () => {
  const shut = SITUATIONS.filter(({ lifted: { told, theirs } }) => !(told && theirs));
  inEach(shut, (one) => {
    const { shows, open, sends } = decide(one);
    const covered = one.longest > LONGEST_COARSE ? "hidden" : "coarse";
    return shows === covered && !open && sends === "coarse";
  });
});

test("in every situation, my picture is sent clearly only to a stranger who lifted and shows something", () => {
  inEach(OPEN, (one) => {
    const { shows, open, sends } = decide(one);
    return open && sends === (one.visible ? "clear" : "preview") && shows !== "hidden";
  });
});

test("in every situation, a tiny picture and one that has to be looked at again are not clear", () => {
  inEach(OPEN.filter(isBlurred), (one) => decide(one).shows !== "clear");
});

test("my curtain lifts by itself only while it is down, for one of two reasons", () => {
  inEach(SITUATIONS, (one) => {
    const { mode, checked, lifted } = one;
    const fine = mode === "auto" && checked.state === "ready" && checked.mine === "fine";
    return decide(one).lifts === (!lifted.mine && (fine || mode === "off"));
  });
});

test("once both have lifted, the button shows the stranger, whatever the check said before", () => {
  const asked = OPEN.filter(({ lifted }) => lifted.asked);
  inEach(asked, (one) => decide(one).shows === (isBlurred(one) ? "blurred" : "clear"));
});

test("a curtain that lifted by itself shows the stranger only if the check finds nothing", () => {
  const first = OPEN.filter(
    ({ lifted, before }) => !lifted.asked && before !== "clear" && before !== "blurred",
  );
  inEach(first, (one) => {
    const { mode, checked } = one;
    const fine = mode === "auto" && checked.state === "ready" && checked.theirs === "fine";
    const up = isBlurred(one) ? "blurred" : "clear";
    return decide(one).shows === (fine || mode === "off" ? up : "coarse");
  });
});

test("in `auto`, a fine picture lifts the curtain and shows a fine stranger", () => {
  const mine = decide(situation({ checked: ready("fine", "unknown") }));
  expect(mine).toEqual({ shows: "coarse", sends: "coarse", open: false, lifts: true });
  const both = situation({ lifted, checked: ready("fine", "unknown"), longest: 1280 });
  expect(decide(both)).toEqual({ shows: "coarse", sends: "preview", open: true, lifts: false });
  expect(decide({ ...both, checked: ready("fine", "bad") }).shows).toBe("coarse");
  expect(decide({ ...both, checked: ready("fine", "fine") }).shows).toBe("clear");
});

test("a doubted picture is blurred until it was looked at, and the curtain does not come back", () => {
  const seen = situation({ lifted, before: "clear", longest: 640 });
  expect(decide({ ...seen, checked: ready("fine", "doubted") }).shows).toBe("blurred");
  const doubted = { ...seen, before: "blurred" as const };
  expect(decide({ ...doubted, checked: ready("fine", "doubted") }).shows).toBe("blurred");
  expect(decide({ ...doubted, checked: ready("fine", "fine") }).shows).toBe("clear");
  expect(decide({ ...doubted, checked: ready("fine", "bad") }).shows, "the check covers it").toBe("clear");
});

test("who overloads the check while their picture is doubted is not shown without a new choice", () => {
  const doubted = situation({ lifted, before: "blurred", longest: 640 });
  const weak = { ...ready("fine", "unknown"), state: "weak" as const };
  expect(decide({ ...doubted, checked: weak }).shows).toBe("coarse");
  expect(decide({ ...doubted, checked: weak, lifted: { ...lifted, asked: true } }).shows).toBe("clear");
});

test("a picture that was shown stays when the check finds something later or fails", () => {
  const seen = situation({ lifted, before: "clear", longest: 1280 });
  expect(decide({ ...seen, checked: ready("fine", "bad") }).shows).toBe("clear");
  expect(decide({ ...seen, checked: { ...ready("fine", "fine"), state: "failed" } }).shows).toBe("clear");
});

test("the curtain names what it waits for", () => {
  const waits = (mine: boolean, told: boolean, theirs: boolean) =>
    waitsFor(situation({ mode: "always", lifted: { mine, told, theirs, asked: false } }));
  expect([waits(false, false, false), waits(false, false, true)]).toEqual(["both", "me"]);
  expect([waits(true, false, false), waits(true, false, true)]).toEqual(["way", "way"]);
  expect([waits(true, true, false), waits(true, true, true)]).toEqual(["them", "choice"]);
});

test("the curtain says that it lifts by itself only while it will", () => {
  const down = (state: Checked["state"], mine: Checked["mine"] = "unknown") =>
    waitsFor(situation({ checked: { state, mine, theirs: "unknown" } }));
  expect((["idle", "loading", "ready"] as const).map((state) => down(state))).toEqual([
    "soon",
    "soon",
    "soon",
  ]);
  expect((["weak", "failed", "off"] as const).map((state) => down(state))).toEqual(["both", "both", "both"]);
  expect(down("ready", "bad")).toBe("both");
});

test("once both have lifted, the curtain says that their picture is checked only while it is", () => {
  const open = (state: Checked["state"], theirs: Checked["theirs"] = "unknown") =>
    waitsFor(situation({ lifted, checked: { state, mine: "fine", theirs } }));
  expect([open("loading"), open("ready")]).toEqual(["check", "check"]);
  expect([open("weak"), open("failed"), open("off")]).toEqual(["choice", "choice", "choice"]);
  expect(open("ready", "bad"), "the cover asks, so the curtain does not").toBe("cover");
});
