import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CallKeeper, takeCall } from "../src/call-return";
import { KEPT_CALL } from "../src/core/call/state";
import { inCall, reach } from "./calls";
import { memoryStore } from "./helpers";

const [call] = reach(...inCall);
let page = new EventTarget();

beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
});
afterEach(() => vi.unstubAllGlobals());

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

  test("that the browser kept as a whole begins anew if another page of the tab took the call", () => {
    const { keeper, tab, reload } = build();
    keeper.update(call);
    leave();
    takeCall(tab);
    show(true);
    expect(reload).toHaveBeenCalledOnce();
  });

  test("begins nothing anew when it is shown for the first time", () => {
    const { keeper, reload } = build();
    keeper.update(call);
    show(false);
    expect(reload).not.toHaveBeenCalled();
  });
});
