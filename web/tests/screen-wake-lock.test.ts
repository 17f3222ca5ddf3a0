import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ScreenWakeLock } from "../src/arrival/screen-wake-lock";
import { settle } from "./helpers";

class FakePage extends EventTarget {
  hidden = false;

  show(visible: boolean): void {
    this.hidden = !visible;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

class FakeLock {
  released = false;

  async release(): Promise<void> {
    this.released = true;
  }
}

let page: FakePage;
let locks: FakeLock[];

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakePage();
  locks = [];
  vi.stubGlobal("document", page);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function browser(request = async (): Promise<FakeLock> => new FakeLock()): ScreenWakeLock {
  const counted = async () => {
    const lock = await request();
    locks.push(lock);
    return lock;
  };
  vi.stubGlobal("navigator", { wakeLock: { request: counted } });
  return new ScreenWakeLock();
}

/** Returns how many locks were taken, and how many are held. */
const taken = () => [locks.length, locks.filter(({ released }) => !released).length];

describe("the screen", () => {
  test("stays awake from the search to the end of the call, by one lock", async () => {
    const lock = browser();
    for (const wanted of [false, true, true]) lock.update(wanted);
    await settle();
    expect(taken()).toEqual([1, 1]);
    lock.update(false);
    await settle();
    expect(taken()).toEqual([1, 0]);
  });

  test("is kept awake again when somebody looks, after the browser took the lock", async () => {
    const lock = browser();
    lock.update(true);
    await settle();
    await locks[0]?.release();
    page.show(false);
    await settle();
    expect(taken()).toEqual([1, 0]);
    page.show(true);
    await settle();
    expect(taken()).toEqual([2, 1]);
  });

  test("is not kept awake by a call that ended while the browser thought about it", async () => {
    const answers: (() => void)[] = [];
    const lock = browser(() => new Promise((resolve) => answers.push(() => resolve(new FakeLock()))));
    lock.update(true);
    lock.update(false);
    lock.update(true);
    lock.update(false);
    await settle();
    for (const answer of answers) answer();
    await settle();
    expect(taken()).toEqual([1, 0]);
  });

  test("goes dark where the browser refuses or has no such thing, and nobody is told", async () => {
    vi.spyOn(console, "info").mockImplementation(() => {});
    const lock = browser(async () => {
      throw new DOMException("low battery", "NotAllowedError");
    });
    lock.update(true);
    await settle();
    page.show(true);
    await settle();
    expect(taken()).toEqual([0, 0]);
    vi.stubGlobal("navigator", {});
    new ScreenWakeLock().update(true);
    await settle();
    expect(taken()).toEqual([0, 0]);
  });
});
