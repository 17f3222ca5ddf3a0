import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deleteOldVisitors } from "../src/signaling/old-visitors";
import { VisitorStore } from "../src/signaling/visitor-store";
import { openStorage } from "../src/storage/local-storage";
import { FakeLocks } from "./fake-locks";
import { memoryStore } from "./helpers";

const HOUR = 3_600_000;
const LIMIT = Number.MAX_SAFE_INTEGER;

/** Builds a browser with any number of tabs, and the clock of the test. */
function browser(locks: FakeLocks | undefined = new FakeLocks()) {
  const kept = memoryStore();
  const tab = () => {
    const store = new VisitorStore(
      openStorage(() => kept),
      locks as unknown as LockManager,
    );
    const epoch = async (visitor = "v") => (await store.dial(visitor))?.epoch;
    return { store, epoch };
  };
  return { kept, tab };
}

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

describe("an epoch", () => {
  test("is the time of the dial, or one more than the last", async () => {
    const { epoch } = browser().tab();
    expect([await epoch(), await epoch()]).toEqual([1_000_000, 1_000_001]);
    vi.setSystemTime(2_000_000);
    expect([await epoch(), await epoch("another")]).toEqual([2_000_000, 2_000_000]);
  });

  test("never falls, even if the clock is set back or the page reloads", async () => {
    const { tab } = browser();
    expect(await tab().epoch()).toBe(1_000_000);
    vi.setSystemTime(1_000_000 - HOUR);
    expect(await tab().epoch()).toBe(1_000_001);
  });

  test("belongs to one tab when two dial at once", async () => {
    const locks = new FakeLocks();
    const { tab } = browser(locks);
    const epochs = Promise.all([tab().epoch(), tab().epoch(), tab().epoch()]);
    expect((await epochs).sort()).toEqual([1_000_000, 1_000_001, 1_000_002]);
    expect(locks.asked).toEqual(Array(3).fill("zufall.epoch.v"));
  });

  test("rises even without locks or with a frozen tab", async () => {
    expect(await browser(undefined).tab().epoch()).toBe(1_000_000);
    vi.useRealTimers();
    const locks = new FakeLocks();
    void locks.request("zufall.epoch.v", {}, () => new Promise<never>(() => {}));
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
    expect(await browser(locks).tab().epoch()).toBeGreaterThan(1_000_000);
    vi.restoreAllMocks();
  });

  test("rises even without storage", async () => {
    const forbidden = openStorage(() => {
      throw new DOMException("no", "SecurityError");
    });
    const store = new VisitorStore(forbidden, undefined);
    expect(await store.dial("v")).toEqual({ epoch: 1_000_000 });
    vi.setSystemTime(0);
    expect(await store.dial("v")).toEqual({ epoch: 1_000_001 });
  });

  test("rises above one that a gateway has named", async () => {
    const { store, epoch } = browser().tab();
    await epoch();
    await store.raiseTo("v", 5_000_000);
    await store.raiseTo("v", 4_000_000);
    expect(await epoch()).toBe(5_000_001);
  });

  test.each([0, -1, 1.5, LIMIT + 1, Number.NaN, "7", null])("does not change because of %s", async (said) => {
    const { store, epoch } = browser().tab();
    await store.raiseTo("v", said as number);
    expect(await epoch()).toBe(1_000_000);
  });

  test.each(["", "0", "x", "1e999", "-3", "1.5", "null"])("starts anew with a stored %o", async (text) => {
    const { kept, tab } = browser();
    kept.setItem("zufall.epoch.v", text);
    expect(await tab().epoch()).toBe(1_000_000);
  });

  test("ends at the highest whole number, and so does the visitor", async () => {
    const { store, epoch } = browser().tab();
    await store.raiseTo("v", LIMIT - 1);
    expect([await epoch(), await epoch()]).toEqual([LIMIT, undefined]);
    expect(await epoch()).toBe(1_000_000);
  });
});

describe("a memory", () => {
  test("is shown at the next dial of the same visitor, the newest only", async () => {
    const { store } = browser().tab();
    const { epoch = 0 } = (await store.dial("v")) ?? {};
    store.remember("v", epoch, "first");
    store.remember("v", epoch, "second");
    expect(await store.dial("v")).toMatchObject({ memory: "second" });
  });

  test("is shown by a new tab, too, until it has one of its own", async () => {
    const { tab } = browser();
    const [one, other, fresh] = [tab(), tab(), tab()];
    const epochs = [await one.epoch("one"), await other.epoch("other")];
    expect(await fresh.store.dial("fresh")).not.toHaveProperty("memory");
    other.store.remember("other", epochs[1] ?? 0, "of the newest socket");
    one.store.remember("one", epochs[0] ?? 0, "newest");
    const dial = await fresh.store.dial("fresh");
    expect(dial).toMatchObject({ memory: "newest" });
    fresh.store.remember("fresh", dial?.epoch ?? 0, "own");
    expect(await fresh.store.dial("fresh")).toMatchObject({ memory: "own" });
    expect(await one.store.dial("one")).toMatchObject({ memory: "newest" });
    expect(await tab().store.dial("next")).toMatchObject({ memory: "own" });
  });

  test("of an older socket does not replace that of a newer one", async () => {
    const { tab } = browser();
    const [old, copy] = [tab(), tab()];
    const [before = 0, after = 0] = [await old.epoch(), await copy.epoch()];
    copy.store.remember("v", after, "newer");
    old.store.remember("v", before, "older");
    expect(await copy.store.dial("v")).toMatchObject({ memory: "newer" });
  });

  test("that is incomplete is ignored", async () => {
    const { kept, tab } = browser();
    kept.setItem("zufall.memory.v", '{"memory": 7');
    expect(await tab().store.dial("v")).toEqual({ epoch: 1_000_000 });
  });
});

test("only old visitors are deleted", async () => {
  const { kept, tab } = browser();
  const { store } = tab();
  const old = await store.dial("old");
  store.remember("old", old?.epoch ?? 0, "theirs");
  kept.setItem("zufall.settings", "{}");
  vi.setSystemTime(1_000_000 + 8 * 24 * HOUR);
  await store.dial("new");
  deleteOldVisitors(openStorage(() => kept));
  const names = ["zufall.epoch.old", "zufall.memory.old", "zufall.epoch.new", "zufall.settings"];
  expect(names.map((name) => kept.getItem(name) !== null)).toEqual([false, false, true, true]);
  expect(await store.dial("newer")).not.toHaveProperty("memory");
});
