import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { begin } from "../src/core/call";
import { Preconnect } from "../src/signaling/preconnect";
import { frame, inCall, matched, onFrom, reach, start, step, welcome } from "./calls";
import { FakeLocks } from "./fake-locks";
import { memoryStore, settle } from "./helpers";

describe("a call before Start", () => {
  test("connects after consent, and sends the wish at once", () => {
    const [idle, effects] = step(begin(true), { type: "may_connect" });
    expect(effects).toEqual([{ type: "connect" }]);
    const [, after] = onFrom(idle, frame(welcome), start);
    expect(after.map(({ type }) => type)).toEqual(["send"]);
  });

  test("does not connect before consent or during a ban", () => {
    const ban = { type: "banned", rule: "spam", automated: true, decision: "d", appeal: "a" } as const;
    for (const call of [begin(false), begin(true, ban)]) {
      expect(step(call, { type: "may_connect" })).toEqual([call, []]);
    }
  });

  test("receives a ban", () => {
    const ban = { type: "banned", rule: "spam", automated: true, decision: "d", appeal: "a" } as const;
    expect(reach({ type: "may_connect" }, frame(welcome), frame(ban))[0].phase).toBe("banned");
  });

  test("closes the socket when nobody looks, but never during a search or a conversation", () => {
    expect(reach({ type: "may_connect" }, frame(welcome), { type: "idle_too_long" })[1]).toEqual([
      { type: "disconnect" },
    ]);
    expect(reach(start, frame(welcome), { type: "idle_too_long" })[1]).toEqual([]);
    expect(reach(...inCall, { type: "idle_too_long" })[1]).toEqual([]);
  });

  test("says nothing when another tab takes the socket", () => {
    const [call, effects] = reach({ type: "may_connect" }, frame(welcome), {
      type: "connection_closed",
      why: "elsewhere",
    });
    expect([call.phase, call.online, effects]).toEqual(["idle", false, []]);
    expect(step(call, { type: "may_connect" })[1]).toEqual([]);
  });

  test("is never matched by itself", () => {
    expect(reach({ type: "may_connect" }, frame(welcome), frame(matched))[0].phase).toBe("idle");
  });
});

describe("a tab", () => {
  const view = new EventTarget() as EventTarget & { hidden: boolean };
  beforeEach(() => {
    vi.useFakeTimers();
    view.hidden = false;
    vi.stubGlobal("document", view);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function look(hidden: boolean): void {
    view.hidden = hidden;
    view.dispatchEvent(new Event("visibilitychange"));
  }

  function tab(locks: FakeLocks | undefined, store = memoryStore()) {
    const done: string[] = [];
    const ready = () => void done.push("ready");
    const rest = () => void done.push("rest");
    const taken = () => void done.push("taken");
    const preconnect = new Preconnect({
      store,
      onReady: ready,
      onIdle: rest,
      onTaken: taken,
      locks: locks as unknown as LockManager | undefined,
    });
    return { preconnect, done };
  }

  test("connects by itself if it is the only one", async () => {
    const { preconnect, done } = tab(new FakeLocks());
    preconnect.allow();
    await settle();
    expect(done).toEqual(["ready"]);
  });

  test("that is a duplicate waits until the other one is closed", async () => {
    const [locks, store] = [new FakeLocks(), memoryStore()];
    const [first, copy] = [tab(locks, store), tab(locks, store)];
    first.preconnect.allow();
    copy.preconnect.allow();
    await settle();
    expect(copy.done).toEqual([]);
    locks.leave(locks.asked[0] as string);
    await settle();
    expect(copy.done).toEqual(["ready"]);
  });

  test("that lost the socket to another tab does not take it back when it is shown", async () => {
    const [locks, store] = [new FakeLocks(), memoryStore()];
    const [first, copy] = [tab(locks, store), tab(locks, store)];
    first.preconnect.allow();
    copy.preconnect.allow();
    await settle();
    copy.preconnect.takeOver();
    await settle();
    expect([first.done, copy.done]).toEqual([["ready", "taken"], ["ready"]]);
    look(true);
    look(false);
    await settle();
    expect([first.done, copy.done]).toEqual([
      ["ready", "taken"],
      ["ready", "ready"],
    ]);
  });

  test("that is hidden for five minutes disconnects, and connects again when it is shown", async () => {
    const { preconnect, done } = tab(new FakeLocks());
    preconnect.allow();
    await settle();
    look(true);
    vi.advanceTimersByTime(299_000);
    expect(done).toEqual(["ready"]);
    vi.advanceTimersByTime(1_000);
    look(false);
    expect(done).toEqual(["ready", "rest", "ready"]);
  });

  test("that was loaded again in a call connects even if nobody looks", async () => {
    const { preconnect, done } = tab(new FakeLocks());
    look(true);
    preconnect.goOn();
    await settle();
    expect(done).toEqual(["ready"]);
  });

  test("that is a duplicate does not take a call from the other one", async () => {
    const [locks, store] = [new FakeLocks(), memoryStore()];
    const [first, copy] = [tab(locks, store), tab(locks, store)];
    first.preconnect.goOn();
    copy.preconnect.goOn();
    await settle();
    expect([first.done, copy.done]).toEqual([["ready"], []]);
  });

  test("that was loaded again in a call connects at once without locks", () => {
    const { preconnect, done } = tab(undefined);
    preconnect.goOn();
    expect(done).toEqual(["ready"]);
  });

  test("waits for Start without locks", async () => {
    const { preconnect, done } = tab(undefined);
    preconnect.allow();
    await settle();
    expect(done).toEqual([]);
  });
});
