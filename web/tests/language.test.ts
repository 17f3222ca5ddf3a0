import { expect, test } from "vitest";
import { begin, step } from "../src/core/call";
import { mayReload } from "../src/view/language";

const wish = { mode: "text" as const };
const searching = step(begin(true), { type: "start", wish }, 0)[0];

test("the page may be loaded anew where nothing is going on", () => {
  expect([begin(false), begin(true)].map(mayReload)).toEqual([true, true]);
});

test("but never in a search, a call, or while its connection is lost", () => {
  const phases = ["searching", "matched", "reconnecting"] as const;
  expect(phases.map((phase) => mayReload({ ...searching, phase }))).toEqual([false, false, false]);
});

test("and not before a stranger who was left without a connection was told so", () => {
  const leaving = { match: "m", pass: "p", by: "stop" as const, at: 0 };
  expect(mayReload({ ...begin(true), leaving })).toBe(false);
  expect(mayReload({ ...begin(true), online: true, leaving })).toBe(true);
});
