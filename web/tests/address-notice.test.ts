import { expect, test } from "vitest";
import { AddressNotice } from "../src/site/address-notice";
import { memoryStore } from "./helpers";

test.each([
  ["public", false, true],
  ["all", false, true],
  ["public", true, false],
  ["all", true, false],
  ["relay", true, false],
  ["relay", false, false],
] as const)("with the policy %s and a relay: %s, the visitor must be told: %s", (ice_policy, relay, due) => {
  const notice = new AddressNotice(memoryStore(), { ice_policy, relay });
  expect(notice.isDue("video")).toBe(due);
  expect(notice.isDue("audio")).toBe(due);
  expect(notice.isDue("text"), "nobody sees it in a text chat").toBe(false);
});

test("it is said until the first start of a call, also after a reload, and then no more", () => {
  const store = memoryStore();
  const site = { ice_policy: "public", relay: false } as const;
  const notice = new AddressNotice(store, site);
  notice.started("text");
  expect(new AddressNotice(store, site).isDue("video"), "it was not shown before a text chat").toBe(true);
  notice.started("video");
  expect(notice.isDue("video")).toBe(false);
  expect(new AddressNotice(store, site).isDue("video")).toBe(false);
});
