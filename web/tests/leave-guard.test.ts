import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LeaveGuard } from "../src/view/leave-guard";
import { inCall, reach } from "./calls";

const [call] = reach(...inCall);
const [idle] = reach();

let page = new EventTarget();
let entries: unknown[] = [];
let place = 0;

const history = {
  get state() {
    return entries[place];
  },
  pushState(state: unknown) {
    entries = [...entries.slice(0, place + 1), state];
    place++;
  },
  back: () => go(-1),
};

/** Goes through the entries. Place -1 is the site before. */
function go(steps: number): void {
  place += steps;
  page.dispatchEvent(new Event("popstate"));
}

beforeEach(() => {
  page = new EventTarget();
  [entries, place] = [[null], 0];
  vi.stubGlobal("history", history);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
});
afterEach(() => vi.unstubAllGlobals());

/** Returns whether the browser would ask before it leaves the page. */
const asks = () => !page.dispatchEvent(new Event("beforeunload", { cancelable: true }));

describe("Back", () => {
  test("stays in a call, and says so, each time", () => {
    const stayed = vi.fn();
    new LeaveGuard(stayed).update(call);
    go(-1);
    expect([place, stayed.mock.calls.length]).toEqual([1, 1]);
    go(-1);
    expect([place, stayed.mock.calls.length]).toEqual([1, 2]);
  });

  test("leaves the page at once before and after a call", () => {
    const stayed = vi.fn();
    const guard = new LeaveGuard(stayed);
    guard.update(idle);
    expect(entries).toEqual([null]);
    guard.update(call);
    guard.update(idle);
    go(-1);
    expect([place, stayed.mock.calls.length]).toEqual([-1, 0]);
  });

  test("needs one entry, whatever comes: other calls, and a reload", () => {
    const guard = new LeaveGuard(() => {});
    for (const next of [call, idle, call]) guard.update(next);
    new LeaveGuard(() => {}).update(call);
    expect(entries).toHaveLength(2);
  });
});

test("leaving the page asks first in a call, and only there", () => {
  const guard = new LeaveGuard(() => {});
  guard.update(idle);
  expect(asks()).toBe(false);
  guard.update(call);
  expect(asks()).toBe(true);
  guard.update(idle);
  expect(asks()).toBe(false);
});
