import { describe, expect, test, vi } from "vitest";
import type { Conversation } from "../src/core/call/state";
import { AppBadge } from "../src/install/app-badge";
import { GOOD_MS, GoodConversations } from "../src/install/good-conversations";
import type { PageState } from "../src/page-state";
import { memoryStore } from "./helpers";

describe("the offer to install", () => {
  function talk(counted: GoodConversations, match: string, from: number, ms: number): void {
    counted.update(match, false, from - 5_000);
    counted.update(match, true, from);
    counted.update(match, false, from + 1); // for a moment
    counted.update(undefined, false, from + ms);
    counted.settle(false);
  }

  test("comes after the second good conversation, and outlives the page", () => {
    const store = memoryStore();
    const counted = new GoodConversations(store);
    talk(counted, "a", 0, GOOD_MS);
    talk(counted, "b", 100_000, GOOD_MS - 1); // too short
    expect(counted.isOffered).toBe(false);
    talk(counted, "c", 200_000, GOOD_MS);
    expect(counted.isOffered).toBe(true);
    expect(new GoodConversations(store).isOffered).toBe(true);
  });

  test("a stranger who was reported was no good conversation", () => {
    const counted = new GoodConversations(memoryStore());
    for (const match of ["a", "b"]) {
      counted.update(match, true, 0);
      counted.update(undefined, false, GOOD_MS);
      counted.settle(true);
    }
    expect(counted.isOffered).toBe(false);
  });

  test("does not come again after an answer", () => {
    const counted = new GoodConversations(memoryStore());
    counted.decide();
    for (const match of ["a", "b", "c"]) talk(counted, match, 0, GOOD_MS);
    expect(counted.isOffered).toBe(false);
  });

  test("a stored value that is none is no conversation", () => {
    const store = memoryStore();
    store.setItem("zufall.install", "{}");
    const counted = new GoodConversations(store);
    talk(counted, "a", 0, GOOD_MS);
    expect(store.getItem("zufall.install")).toBe("1");
  });
});

describe("the badge of the home screen", () => {
  function badge() {
    const page = { hidden: false, addEventListener: vi.fn() };
    const badges = {
      setAppBadge: vi.fn(async (_count: number) => undefined),
      clearAppBadge: vi.fn(async () => undefined),
    };
    return { page, badges, view: new AppBadge(badges, page) };
  }

  function state(match?: string, lines = 0): PageState {
    const line = { id: "1", from: "stranger", text: "hi", state: "delivered" } as const;
    const conversation = match && ({ match, lines: Array(lines).fill(line) } as unknown as Conversation);
    return { call: { phase: match ? "matched" : "searching", conversation } } as PageState;
  }

  test("counts a stranger who was met, and their lines, while nobody looks", () => {
    const { page, badges, view } = badge();
    view.render(state());
    page.hidden = true;
    view.render(state());
    expect(badges.setAppBadge).not.toHaveBeenCalled();
    view.render(state("a"));
    view.render(state("a", 2));
    expect(badges.setAppBadge.mock.calls).toEqual([[1], [3]]);
    page.hidden = false;
    page.addEventListener.mock.calls[0]?.[1]();
    expect(badges.clearAppBadge).toHaveBeenCalledOnce();
  });

  test("counts only lines that came since the page was hidden", () => {
    const { page, badges, view } = badge();
    view.render(state("a", 3));
    page.hidden = true;
    view.render(state("a", 3));
    view.render(state("a", 4));
    expect(badges.setAppBadge.mock.calls).toEqual([[1]]);
    expect(badges.clearAppBadge).not.toHaveBeenCalled();
  });

  test("a browser without badges, or one that refuses, is left alone", async () => {
    const page = { hidden: true, addEventListener: vi.fn() };
    new AppBadge({}, page).render(state("a"));
    const told = vi.spyOn(console, "info").mockImplementation(() => undefined);
    new AppBadge({ setAppBadge: () => Promise.reject(new TypeError("no")) }, page).render(state("a"));
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toHaveBeenCalledOnce();
  });
});
