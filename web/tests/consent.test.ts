import { expect, test } from "vitest";
import { Consent } from "../src/site/consent";
import { memoryStore } from "./helpers";

const under = (version: string) => ({ rules: { version, texts: { "": ["Be kind."] } } });
const FIRST = under("a");
const SECOND = under("b");
const OURS_ALONE = { rules: null };

const stateOf = ({ given, outdated }: Consent) => [given, outdated];

test("changed rules need consent again, and only then count as changed", () => {
  const store = memoryStore();
  const consent = new Consent(store, FIRST);
  expect(stateOf(consent)).toEqual([false, false]);
  consent.give();
  expect(stateOf(consent)).toEqual([true, false]);
  expect(stateOf(new Consent(store, FIRST))).toEqual([true, false]);
  expect(stateOf(new Consent(store, SECOND))).toEqual([false, true]);
  const ours = new Consent(store, OURS_ALONE);
  expect(ours.given).toBe(false);
  ours.give();
  expect(new Consent(store, OURS_ALONE).given).toBe(true);
});

test("rules that were unknown at the start need consent", () => {
  const consent = new Consent(memoryStore(), OURS_ALONE);
  consent.give();
  consent.setRules(FIRST);
  expect(stateOf(consent)).toEqual([false, true]);
  consent.give();
  consent.setRules(FIRST);
  expect(stateOf(consent)).toEqual([true, false]);
});
