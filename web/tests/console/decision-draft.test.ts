import { describe, expect, test } from "vitest";
import type { Report } from "../../console/src/api.generated";
import {
  decisionRequest,
  defaultStatement,
  hasUnseenReports,
  mostCommonReason,
  newDraft,
  proposedRule,
  RULES_BY_SEVERITY,
  withRule,
} from "../../console/src/decision-draft";
import { named } from "../../console/src/words";

const reports = (...reasons: string[]) =>
  reasons.map((reason) => ({ reason: reason as Report["reason"], frames: [] as Report["frames"] })); // a service may be newer than the page

const frame = (known: string) => ({ known }) as Report["frames"][number];

describe("a new draft", () => {
  test("has the most common reason, or the graver of two equally common ones", () => {
    expect(mostCommonReason(reports("spam", "nudity", "spam"))).toBe("spam");
    expect(mostCommonReason(reports("spam", "minor"))).toBe("minor");
    expect(mostCommonReason(reports("something newer"))).toBe("minor");
  });

  test("never says that somebody advertised because of a known picture", () => {
    const known = (...reasons: string[]) =>
      reports(...reasons).map((one) => ({ ...one, frames: [frame("A")] }));
    expect(proposedRule(known("spam", "spam"))).toBe("other");
    expect(proposedRule(known("spam", "spam", "nudity"))).toBe("nudity");
    expect(proposedRule(reports("spam"))).toBe("spam");
  });

  test.each([...RULES_BY_SEVERITY])("with a statement of its own for %s", (rule) => {
    expect(defaultStatement(rule).length).toBeGreaterThan(20);
    expect(RULES_BY_SEVERITY.filter((other) => defaultStatement(other) === defaultStatement(rule))).toEqual([
      rule,
    ]);
    expect(named("reason", rule)).not.toBe(rule);
  });
});

test("another rule brings its statement but keeps a statement that the moderator wrote", () => {
  const draft = newDraft("banned", reports("nudity"));
  expect(withRule(draft, "spam").statement).toBe(defaultStatement("spam"));
  expect(withRule({ ...draft, statement: "Mine.", ownStatement: true }, "spam").statement).toBe("Mine.");
});

test("a dismissal has no rule, no duration and no statement", () => {
  const draft = { ...newDraft("good", reports("nudity")), reason: "a joke" };
  const seen = [{ flag: false }, { flag: true }, { flag: false }];
  expect(decisionRequest(draft, seen)).toEqual({
    level: "good",
    seconds: 0,
    rule: "",
    statement: "",
    reason: "a joke",
    seen: 3,
    seen_people: 2,
  });
  expect(decisionRequest({ ...draft, level: "banned" }, seen)).toMatchObject({
    seconds: 86400,
    rule: "nudity",
    seen: 3,
    seen_people: 2,
  });
});

test("a case has unseen reports after a new report or a replaced flag, and not because it is large", () => {
  const shown = [{ flag: false }, { flag: true }];
  expect(hasUnseenReports({ reports: 2, flags: 1 }, shown)).toBe(false);
  expect(hasUnseenReports({ reports: 3, flags: 1 }, shown)).toBe(true);
  expect(hasUnseenReports({ reports: 2, flags: 0 }, shown)).toBe(true);
  const many = Array.from({ length: 500 }, (_, place) => ({ flag: place >= 300 }));
  expect(hasUnseenReports({ reports: 900, flags: 600 }, many)).toBe(false);
  expect(hasUnseenReports({ reports: 901, flags: 600 }, many)).toBe(true);
});
