import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Classifier } from "../src/check/classifier";
import { PictureCheck } from "../src/check/picture-check";
import type { Side } from "../src/core/check-policy";

/** Long enough, in milliseconds, for a failing check to use all of its tries. */
const LONG = 10_000;

/** Builds a check of two pictures with these scores. Each classification takes `cost` ms. */
function build({ on = true, cost = 30, load = undefined as (() => Promise<Classifier>) | undefined } = {}) {
  const scores: Record<Side, number> = { theirs: 0.1, mine: 0.1 };
  const shown: Record<Side, boolean> = { theirs: true, mine: true };
  const broken = { copies: 0 };
  const looks: Side[] = [];
  const heard: string[] = [];
  let closed = 0;
  let loaded = 0;
  const device = { cost };
  const classifier: Classifier = {
    get cost() {
      return device.cost;
    },
    classify: async (picture) => {
      const side = picture as unknown as Side;
      const { cost } = device;
      await new Promise((resolve) => setTimeout(resolve, cost));
      looks.push(side);
      if (Number.isNaN(scores[side])) throw new Error("the worker died");
      return { score: scores[side], cost };
    },
    close: () => closed++,
  };
  const check = new PictureCheck(on, {
    load: () => {
      loaded++;
      return load?.() ?? Promise.resolve(classifier);
    },
    shows: (side) => shown[side],
    picture: async (side) => {
      if (broken.copies > 0 && broken.copies--) throw new DOMException("no picture", "InvalidStateError");
      return side as unknown as ImageBitmap;
    },
    onChange: () => heard.push(`${check.state} ${check.theirs} ${check.mine}`),
  });
  return { check, device, scores, shown, broken, looks, heard, closed: () => closed, loaded: () => loaded };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the classifier is loaded once, with the first call", async () => {
  const { check, loaded } = build();
  expect([check.state, loaded()]).toEqual(["idle", 0]);
  check.open();
  expect(check.state).toBe("loading");
  await vi.advanceTimersByTimeAsync(1_000);
  check.close();
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([check.state, loaded()]).toEqual(["ready", 1]);
});

test("both pictures are checked at once, and theirs is fine after another clear look", async () => {
  const { check, looks, heard } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(100);
  expect(looks).toEqual(["theirs", "mine"]);
  expect([check.theirs, check.mine]).toEqual(["unknown", "fine"]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(heard.at(-1)).toBe("ready fine fine");
});

test("theirs is looked at twice a second until it has been fine for ten seconds", async () => {
  const { check, looks } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(11_000);
  expect(looks.filter((side) => side === "theirs").length).toBeGreaterThanOrEqual(20);
  looks.length = 0;
  await vi.advanceTimersByTimeAsync(9_000);
  expect(looks, "mine had to wait").toContain("mine");
});

test("a new size is not fine before it was looked at, which is at once, and a known one stays fine", async () => {
  const { check, scores } = build();
  check.open();
  check.resized("640×360");
  await vi.advanceTimersByTimeAsync(20_000);
  check.resized("320×180");
  expect(check.theirs).toBe("doubted");
  await vi.advanceTimersByTimeAsync(100);
  expect(check.theirs).toBe("fine");
  scores.theirs = 0.99;
  check.resized("640×360");
  expect(check.theirs, "a slow network changes it often").toBe("fine");
  await vi.advanceTimersByTimeAsync(100);
  expect(check.theirs, "but the look is not late").toBe("bad");
});

test("a look at the size before says nothing about the new one", async () => {
  const { check, scores } = build({ cost: 100 });
  check.open();
  check.resized("640×360");
  await vi.advanceTimersByTimeAsync(20_000);
  check.resized("320×180");
  await vi.advanceTimersByTimeAsync(50); // under way
  check.resized("160×120");
  scores.theirs = 0.99;
  await vi.advanceTimersByTimeAsync(60);
  expect(check.theirs).toBe("doubted");
  await vi.advanceTimersByTimeAsync(100);
  expect(check.theirs).toBe("bad");
});

test("before a call the classifier is loaded and warm, and my picture is looked at every ten seconds", async () => {
  const { check, shown, looks, loaded } = build();
  shown.theirs = false;
  check.preview(true);
  await vi.advanceTimersByTimeAsync(100);
  expect([check.state, check.mine, loaded()]).toEqual(["ready", "fine", 1]);
  await vi.advanceTimersByTimeAsync(65_000);
  expect(looks).toEqual(Array(7).fill("mine"));
});

test("after a preview, a call begins with my picture known, and theirs is fine half a second after it comes", async () => {
  const { check, shown, looks, loaded } = build();
  shown.theirs = false;
  check.preview(true);
  await vi.advanceTimersByTimeAsync(100_000);
  looks.length = 0;
  check.open();
  expect([check.state, check.mine]).toEqual(["ready", "fine"]);
  shown.theirs = true;
  check.resized("640×360");
  await vi.advanceTimersByTimeAsync(700);
  expect([check.theirs, loaded()]).toEqual(["fine", 1]);
  check.preview(true); // too late to change anything
  await vi.advanceTimersByTimeAsync(20_000);
  expect(looks.length).toBeGreaterThan(20);
});

test("a preview that is over looks no more", async () => {
  const { check, looks } = build();
  check.preview(true);
  await vi.advanceTimersByTimeAsync(1_000);
  check.preview(false);
  await vi.advanceTimersByTimeAsync(50);
  const before = looks.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([looks.length, check.state]).toEqual([before, "ready"]);
});

test("another track needs two clear looks again", async () => {
  const { check } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(20_000);
  check.replaced();
  await vi.advanceTimersByTimeAsync(400);
  expect(check.theirs).toBe("doubted");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(check.theirs).toBe("fine");
});

test("a sender cannot use up the looks with changes of size, and then show something else", async () => {
  const { check, scores } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(20_000);
  for (let size = 200; size < 240; size++) {
    check.resized(`${size}×100`);
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(400);
  expect(check.theirs).toBe("fine");
  scores.theirs = 0.99;
  await vi.advanceTimersByTimeAsync(600);
  expect(check.theirs).toBe("bad");
});

test("who changes the size all the time is not shown, and does not use up the device", async () => {
  const { check, looks } = build({ cost: 100 });
  check.open();
  await vi.advanceTimersByTimeAsync(20_000);
  looks.length = 0;
  for (let size = 200; size < 800; size++) {
    check.resized(`${size}×100`);
    await vi.advanceTimersByTimeAsync(50);
    expect(check.theirs).toBe("doubted");
  }
  expect((looks.length * 100) / 30_000).toBeLessThan(0.3);
});

test("checks keep their pace", async () => {
  const { check, looks } = build({ cost: 60 });
  check.open();
  await vi.advanceTimersByTimeAsync(20_000); // the first looks are closer
  looks.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks.length).toBeGreaterThan(50);
  expect((looks.length * 60) / 60_000).toBeLessThan(0.065);
});

test("a stranger with a bad picture is bad, and the next one is unknown", async () => {
  const { check, scores } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  scores.theirs = 0.99;
  await vi.advanceTimersByTimeAsync(2_000);
  expect([check.theirs, check.mine]).toEqual(["bad", "fine"]);
  check.close();
  expect([check.theirs, check.mine]).toEqual(["unknown", "fine"]);
});

test("a late result does not count for the next stranger", async () => {
  const { check, scores, shown } = build({ cost: 100 });
  scores.theirs = 0.99;
  check.open();
  await vi.advanceTimersByTimeAsync(50);
  check.close();
  shown.theirs = false;
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(check.theirs).toBe("unknown");
});

test("a picture that is gone when its turn comes is not judged", async () => {
  for (let moment = 0; moment < 3_000; moment += 20) {
    const { check, shown } = build();
    check.open();
    await vi.advanceTimersByTimeAsync(1_000 + moment);
    shown.mine = false;
    check.doubt("mine");
    await vi.advanceTimersByTimeAsync(1_000);
    check.close();
    expect([moment, check.mine]).toEqual([moment, "unknown"]);
  }
});

test("nothing is checked without a call", async () => {
  const { check, looks } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  check.close();
  await vi.advanceTimersByTimeAsync(50);
  const before = looks.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks.length).toBe(before);
});

test("a picture that comes later is checked at once", async () => {
  const { check, shown, looks } = build();
  shown.theirs = false;
  check.open();
  await vi.advanceTimersByTimeAsync(3_000);
  shown.theirs = true;
  await vi.advanceTimersByTimeAsync(300);
  expect(looks.at(-1)).toBe("theirs");
});

test("a device that is too slow is weak, and checks nothing", async () => {
  const { check, looks, closed } = build({ cost: 500 });
  check.open();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([check.state, looks.length, closed()]).toEqual(["weak", 0, 1]);
});

test("a device that was busy once is measured again, and then checks", async () => {
  const { check, device, heard } = build({ cost: 500 });
  check.open();
  await vi.advanceTimersByTimeAsync(59_000);
  expect(check.state).toBe("weak");
  device.cost = 30;
  heard.length = 0;
  await vi.advanceTimersByTimeAsync(2_500);
  expect([check.state, check.theirs, check.mine]).toEqual(["ready", "fine", "fine"]);
  expect(heard[0], "it says nothing before it knows").toBe("ready unknown unknown");
});

test("a device that became busy in a call checks again, and what was bad is covered all the time", async () => {
  const { check, device, scores } = build();
  scores.theirs = 0.99;
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  device.cost = 400;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([check.state, check.theirs]).toEqual(["weak", "bad"]);
  device.cost = 30;
  scores.theirs = 0.1;
  await vi.advanceTimersByTimeAsync(61_000);
  expect([check.state, check.theirs]).toEqual(["ready", "fine"]);
});

test("a device that stays slow is measured ever more rarely, and not while nobody is there", async () => {
  const { check, loaded } = build({ cost: 500 });
  check.open();
  await vi.advanceTimersByTimeAsync(7.5 * 60_000);
  expect(loaded(), "at 0, 1, 3 and 7 minutes").toBe(4);
  check.close();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect([check.state, loaded()]).toEqual(["idle", 4]);
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(loaded()).toBe(5);
});

test("a check that is switched off while it gave up is not tried again", async () => {
  const { check, loaded } = build({ cost: 500 });
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  check.use(false);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([check.state, loaded()]).toEqual(["off", 1]);
});

test("a check that could not be loaded is loaded a minute later", async () => {
  let online = false;
  const built: ReturnType<typeof build> = build({
    load: () => (online ? (undefined as never) : Promise.reject(new Error("503"))),
  });
  built.check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(built.check.state).toBe("failed");
  online = true;
  await vi.advanceTimersByTimeAsync(61_000);
  expect([built.check.state, built.check.mine]).toEqual(["ready", "fine"]);
});

test("a classifier that does not load or dies has failed", async () => {
  const broken = build({ load: () => Promise.reject(new Error("no wasm")) });
  broken.check.open();
  await vi.advanceTimersByTimeAsync(0);
  expect(broken.check.state).toBe("failed");
  const dying = build();
  dying.scores.theirs = Number.NaN;
  dying.check.open();
  await vi.advanceTimersByTimeAsync(LONG);
  expect([dying.check.state, dying.check.mine, dying.closed()]).toEqual(["failed", "unknown", 1]);
});

test("a bad picture stays bad for this stranger when the check fails", async () => {
  const { check, scores } = build();
  scores.theirs = 0.99;
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  scores.mine = Number.NaN;
  await vi.advanceTimersByTimeAsync(2 * LONG);
  expect([check.state, check.theirs, check.mine]).toEqual(["failed", "bad", "unknown"]);
  check.close();
  check.open();
  expect(check.theirs).toBe("unknown");
});

test("a picture that cannot be copied is skipped, and only the fifth in a row ends the check", async () => {
  const { check, broken, looks } = build();
  broken.copies = 4;
  check.open();
  await vi.advanceTimersByTimeAsync(LONG);
  expect([check.state, check.theirs, check.mine]).toEqual(["ready", "fine", "fine"]);
  const before = looks.length;
  broken.copies = 1;
  await vi.advanceTimersByTimeAsync(LONG);
  expect([check.state, looks.length > before, broken.copies]).toEqual(["ready", true, 0]);
  broken.copies = 1_000;
  await vi.advanceTimersByTimeAsync(LONG);
  expect(check.state).toBe("failed");
  expect(1_000 - broken.copies, "and it is not tried without a pause").toBeLessThan(11);
});

test("a picture that may have changed is not fine until it is checked, and stays bad until then", async () => {
  const { check, scores, shown } = build({ cost: 100 });
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  shown.mine = false;
  check.doubt("mine");
  await vi.advanceTimersByTimeAsync(LONG);
  expect(check.mine).toBe("unknown");
  shown.mine = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(check.mine).toBe("fine");
  scores.mine = 0.99;
  await vi.advanceTimersByTimeAsync(LONG);
  check.doubt("mine");
  expect(check.mine).toBe("bad");
});

test("my result counts for the next stranger, but not much later", async () => {
  const { check } = build();
  for (const [pause, verdict] of [
    [1_000, "fine"],
    [60_000, "unknown"],
  ] as const) {
    check.open();
    await vi.advanceTimersByTimeAsync(1_000);
    check.close();
    await vi.advanceTimersByTimeAsync(pause);
    check.open();
    expect(check.mine).toBe(verdict);
  }
});

test("a picture that disappears during its check is no failure", async () => {
  const { check, scores, shown } = build();
  scores.theirs = Number.NaN;
  check.open();
  await vi.advanceTimersByTimeAsync(10);
  shown.theirs = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([check.state, check.mine]).toEqual(["ready", "fine"]);
});

test("a check that is switched off knows nothing, and starts anew when switched on", async () => {
  const { check, looks, closed } = build();
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  check.use(false);
  expect([check.state, check.theirs, check.mine, closed()]).toEqual(["off", "unknown", "unknown", 1]);
  await vi.advanceTimersByTimeAsync(50); // one may be under way
  const before = looks.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks.length).toBe(before);
  check.use(true);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([check.state, check.theirs]).toEqual(["ready", "fine"]);
});

test("a check that was always off loads nothing", async () => {
  const { check, loaded } = build({ on: false });
  check.open();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([check.state, loaded()]).toEqual(["off", 0]);
});
