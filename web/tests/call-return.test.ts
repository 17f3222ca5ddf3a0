import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CallKeeper } from "../src/call-keeper";
import { takeCall } from "../src/call-return";
import { KEPT_CALL } from "../src/core/call/state";
import { inCall, reach } from "./calls";
import { memoryStore } from "./helpers";

const [call] = reach(...inCall);
let page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function build(tab = memoryStore()) {
  const reload = vi.fn();
  const media = { muted: true, cameraOff: false };
  const peer = { fingerprint: "sha-256 01" };
  const keeper = new CallKeeper({ tab, media, callMedia: { peer } as never, reload });
  return { keeper, tab, reload };
}

const leave = () => page.dispatchEvent(new Event("pagehide"));
const show = (persisted: boolean) => page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));

describe("a page in a call", () => {
  test("keeps the call only while it is loaded again, so that a duplicate of the tab has none", () => {
    const { keeper, tab } = build();
    keeper.update(call);
    expect(takeCall(tab)).toBeUndefined();
    leave();
    expect(takeCall(tab)).toMatchObject({
      call: { conversation: { pass: "p1", former: "sha-256 01" } },
      devices: { muted: true, cameraOff: false },
    });
    expect(takeCall(tab)).toBeUndefined();
  });

  test("keeps nothing after the call", () => {
    const { keeper, tab } = build();
    keeper.update(call);
    keeper.update(reach()[0]);
    leave();
    expect(tab.getItem(KEPT_CALL)).toBeNull();
  });

  test("that the browser kept as a whole goes on by itself", () => {
    const { keeper, tab, reload } = build();
    keeper.update(call);
    leave();
    show(true);
    expect([takeCall(tab), reload.mock.calls.length]).toEqual([undefined, 0]);
  });

  test("that the browser kept as a whole is loaded again if it is too late, and the next one says so", () => {
    const { keeper, tab, reload } = build();
    keeper.update(call);
    leave();
    vi.advanceTimersByTime(16_000);
    show(true);
    leave();
    expect([reload.mock.calls.length, takeCall(tab)]).toEqual([1, "late"]);
  });

  test("that the browser kept as a whole is loaded again if another page of the tab had the call meanwhile", () => {
    const { keeper, tab, reload } = build();
    keeper.update(call);
    leave();
    takeCall(tab);
    tab.setItem(KEPT_CALL, "that of the other page");
    show(true);
    leave();
    expect(reload).toHaveBeenCalledOnce();
    expect(tab.getItem(KEPT_CALL)).toBe("that of the other page");
  });

  test("begins nothing anew when it is shown for the first time", () => {
    const { keeper, reload } = build();
    keeper.update(call);
    show(false);
    expect(reload).not.toHaveBeenCalled();
  });
});
