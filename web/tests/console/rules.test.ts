import { describe, expect, test } from "vitest";
import {
  commonest,
  decisionIn,
  draftFor,
  hasMore,
  RULES,
  statementFor,
  withRule,
} from "../../console/src/rules";
import { named } from "../../console/src/words";

const reports = (...reasons: string[]) => reasons.map((reason) => ({ reason }));

describe("the form of a decision begins", () => {
  test("with the commonest reason, and the graver of two as common", () => {
    expect(commonest(reports("spam", "nudity", "spam"))).toBe("spam");
    expect(commonest(reports("spam", "minor"))).toBe("minor");
    expect(commonest(reports("something newer"))).toBe("minor");
  });

  test.each([...RULES])("with a statement of its own for %s", (rule) => {
    expect(statementFor(rule).length).toBeGreaterThan(20);
    expect(RULES.filter((other) => statementFor(other) === statementFor(rule))).toEqual([rule]);
    expect(named("reason", rule)).not.toBe(rule);
  });
});

test("another rule brings its statement, but never replaces the moderator's own words", () => {
  const draft = draftFor("banned", reports("nudity"));
  expect(withRule(draft, "spam").statement).toBe(statementFor("spam"));
  expect(withRule({ ...draft, statement: "Mine.", ownStatement: true }, "spam").statement).toBe("Mine.");
});

test("a dismissal has no rule and no end and tells nobody anything", () => {
  const draft = { ...draftFor("good", reports("nudity")), reason: "a joke" };
  const seen = [{ flag: false }, { flag: true }, { flag: false }];
  expect(decisionIn(draft, seen)).toEqual({
    level: "good",
    seconds: 0,
    rule: "",
    statement: "",
    reason: "a joke",
    seen: 3,
    seen_people: 2,
  });
  expect(decisionIn({ ...draft, level: "banned" }, seen)).toMatchObject({
    seconds: 86400,
    rule: "nudity",
    seen: 3,
    seen_people: 2,
  });
});

test("a case has more when reports came in, or one took the place of a flag, and not because it is large", () => {
  const shown = [{ flag: false }, { flag: true }];
  expect(hasMore({ reports: 2, flags: 1 }, shown)).toBe(false);
  expect(hasMore({ reports: 3, flags: 1 }, shown)).toBe(true);
  expect(hasMore({ reports: 2, flags: 0 }, shown)).toBe(true);
  const many = Array.from({ length: 500 }, (_, place) => ({ flag: place >= 300 }));
  expect(hasMore({ reports: 900, flags: 600 }, many)).toBe(false);
  expect(hasMore({ reports: 901, flags: 600 }, many)).toBe(true);
});
