import { expect, test } from "vitest";
import { begin, step } from "../src/core/call";
import { mayReload } from "../src/view/language";

const wish = { mode: "text" as const };
const searching = step(begin(true), { type: "start", wish }, 0)[0];

test("the page may reload if nothing is going on", () => {
  expect([begin(false), begin(true)].map(mayReload)).toEqual([true, true]);
});

test("the page may not reload in a search, in a call, or without its connection", () => {
  const phases = ["searching", "matched", "reconnecting"] as const;
  expect(phases.map((phase) => mayReload({ ...searching, phase }))).toEqual([false, false, false]);
});

test("the page may not reload before a stranger who was left offline is told", () => {
  const leaving = { match: "m", pass: "p", by: "stop" as const, at: 0 };
  expect(mayReload({ ...begin(true), leaving })).toBe(false);
  expect(mayReload({ ...begin(true), online: true, leaving })).toBe(true);
});
