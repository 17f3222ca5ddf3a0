import { expect, test } from "vitest";
import type { Call, CallEvent } from "../src/core/call/state";
import { type Checked, LONGEST_COARSE, type Sends, UNCHECKED } from "../src/core/curtain";
import { CurtainController } from "../src/curtain-controller";
import type { Curtain } from "../src/http.generated";
import { frame, inCall, matched, onFrom, reach, welcome } from "./calls";

const lift: CallEvent = { type: "lift_curtain", asked: true };
const theirs = frame({ type: "reveal", match: "m1", n: 1 });

/** Builds the curtain of a video call, and records what it does. */
function build(mode: Curtain = "auto") {
  const page = {
    mode,
    checked: UNCHECKED as Checked,
    longest: 40,
    visible: false,
    call: reach(...inCall)[0],
  };
  const done: { drawn: unknown[]; sends: Sends[]; lifts: number } = { drawn: [], sends: [], lifts: 0 };
  const curtain: CurtainController = new CurtainController({
    mode: () => page.mode,
    checked: () => page.checked,
    visible: () => page.visible,
    stage: { longest: () => page.longest, render: (drawn) => done.drawn.push(drawn) },
    send: (sends) => done.sends.push(sends),
    lift: () => {
      done.lifts++;
      apply({ type: "lift_curtain", asked: false });
    },
  });
  const apply = (...events: CallEvent[]) => {
    page.call = onFrom(page.call, ...events)[0];
    curtain.update(page.call);
  };
  curtain.update(page.call);
  return { page, done, curtain, apply, lifted: () => (page.call as Call).conversation?.lifted };
}

/** The stranger's picture becomes clear. */
function clears({ page, curtain }: ReturnType<typeof build>) {
  Object.assign(page, { longest: 1280, visible: true });
  curtain.update(page.call);
}

test("when both press the button they see each other, and only then my picture is sent clearly", () => {
  const built = build("always");
  const { done, curtain, apply } = built;
  apply(lift);
  apply(theirs);
  clears(built);
  expect(done.sends).toEqual(["coarse", "coarse", "preview", "clear"]);
  expect(done.drawn).toEqual([
    { shows: "coarse", waits: "both", atOnce: false },
    { shows: "coarse", waits: "them", atOnce: false },
    { shows: "blurred", waits: "choice", atOnce: false },
    { shows: "clear", waits: "choice", atOnce: false },
  ]);
  expect(curtain.seen).toBeUndefined();
});

test("without a curtain mine is up at once, and the stranger is shown when theirs is", () => {
  const built = build("off");
  const { done, curtain, apply, lifted } = built;
  expect([lifted()?.mine, done.lifts, curtain.seen]).toEqual([true, 1, LONGEST_COARSE]);
  apply(theirs);
  clears(built);
  expect([curtain.seen, done.sends.at(-1), done.lifts]).toEqual([undefined, "clear", 1]);
});

test("my curtain lifts by itself once, when my picture is fine", () => {
  const { page, done, curtain, apply, lifted } = build();
  page.checked = { state: "ready", mine: "fine", theirs: "unknown" };
  curtain.update(page.call);
  curtain.update(page.call);
  expect([lifted(), done.lifts]).toEqual([{ mine: true, told: true, theirs: false, asked: false }, 1]);
  apply(theirs);
  page.longest = 1280;
  curtain.update(page.call);
  expect(done.drawn.at(-1), "theirs was not looked at yet").toMatchObject({ shows: "coarse" });
  expect(curtain.seen, "but they have lifted it, so a report may show it").toBeUndefined();
  page.checked = { ...page.checked, theirs: "fine" };
  curtain.update(page.call);
  expect(done.drawn.at(-1)).toMatchObject({ shows: "clear" });
});

test("a picture that is not coarse is neither shown nor put into a report", () => {
  const { page, done, curtain } = build();
  page.longest = 1280;
  curtain.update(page.call);
  expect([done.drawn.at(-1), curtain.seen]).toEqual([{ shows: "hidden", waits: "both", atOnce: false }, 0]);
});

test("who stops showing a picture gets no clear one, and is blurred while theirs is tiny", () => {
  const built = build("always");
  const { page, done, curtain, apply } = built;
  apply(lift);
  apply(theirs);
  clears(built);
  Object.assign(page, { visible: false }); // black
  curtain.update(page.call);
  expect([done.sends.at(-1), done.drawn.at(-1)]).toMatchObject(["preview", { shows: "clear" }]);
  Object.assign(page, { longest: 64 });
  curtain.update(page.call);
  expect([done.sends.at(-1), done.drawn.at(-1)]).toMatchObject(["preview", { shows: "blurred" }]);
  clears(built);
  expect([done.sends.at(-1), done.drawn.at(-1)]).toMatchObject(["clear", { shows: "clear" }]);
});

test("the next stranger starts behind the curtain", () => {
  const { page, done, curtain, apply } = build();
  apply(lift);
  apply(theirs);
  apply(frame({ ...matched, match: "m2" }));
  expect([done.drawn.at(-1), done.sends.at(-1), curtain.seen]).toEqual([
    { shows: "coarse", waits: "both", atOnce: false },
    "coarse",
    LONGEST_COARSE,
  ]);
  page.call = { ...page.call, conversation: undefined };
  curtain.update(page.call);
  expect(done.drawn.at(-1)).toBeUndefined();
});

test("a change of the setting during a call counts at once", () => {
  const { page, curtain, lifted } = build("always");
  page.mode = "off";
  curtain.update(page.call);
  expect(lifted()?.mine).toBe(true);
});

test.each(["audio", "text"] as const)("a call by %s has no curtain", (mode) => {
  const { done, curtain } = build("off");
  const before = { lifts: done.lifts, sends: done.sends.length };
  const wish = { mode, interests: [], languages: [] };
  curtain.update(reach({ type: "start", wish }, frame(welcome), frame(matched))[0]);
  expect([done.drawn.at(-1), done.lifts, done.sends.length]).toEqual([undefined, before.lifts, before.sends]);
});
