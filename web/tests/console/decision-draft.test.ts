import { describe, expect, test } from "vitest";
import type { Report, StatementChoices, StatementTemplate } from "../../console/src/api.generated";
import {
  countReporters,
  DAY,
  decisionRequest,
  hasUnseenReports,
  mostCommonReason,
  newDraft,
  proposedRule,
  RULES_BY_SEVERITY,
  usualLevel,
  withLevel,
  withRule,
  withTemplate,
} from "../../console/src/decision-draft";
import { named } from "../../console/src/words";

const reports = (...reasons: string[]) =>
  reasons.map((reason) => ({ reason: reason as Report["reason"], frames: [] as Report["frames"] })); // a service may be newer than the page

const frame = (known: string) => ({ known }) as Report["frames"][number];

const template = (name: string, rule: string, seconds: StatementTemplate["seconds"]): StatementTemplate => ({
  name,
  title: name,
  rule: rule as StatementTemplate["rule"],
  level: "banned",
  seconds,
  reason: `${name}.`,
  texts: { en: name },
});
const statements: StatementChoices = {
  site: "Plaza",
  fewest_told: 5,
  rules: {},
  templates: [
    template("minor", "minor", { watched: 0, banned: 0 }),
    template("showed", "minor", { banned: 0 }),
    template("spam", "spam", { restricted: 3600, banned: 7 * DAY }),
  ],
};

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

  test.each([...RULES_BY_SEVERITY])("has a name for %s", (rule) => {
    expect(named("reason", rule)).not.toBe(rule);
  });

  test("needs no words where a template says it", () => {
    const draft = newDraft("banned", reports("spam"), statements);
    expect(draft).toMatchObject({
      rule: "spam",
      template: "spam",
      seconds: 7 * DAY,
      reason: "",
      statement: "",
    });
  });

  test("never bans a minor for a day: they are as young tomorrow", () => {
    expect(newDraft("banned", reports("minor"), statements).seconds).toBe(0);
    const without = { ...statements, templates: [] };
    expect(newDraft("banned", reports("minor"), without)).toMatchObject({ template: "", seconds: 0 });
    expect(newDraft("banned", reports("hate"), without).seconds).toBe(DAY);
  });
});

test("the usual action is that of the first template of the rule", () => {
  expect(usualLevel(statements, reports("spam"))).toBe("banned");
  expect(usualLevel(statements, reports("hate"))).toBeUndefined();
});

describe("a draft keeps what the moderator chose", () => {
  const draft = newDraft("banned", reports("spam"), statements);

  test("another rule or action brings its template and how long it lasts", () => {
    expect(withRule(draft, "minor", statements)).toMatchObject({ template: "minor", seconds: 0 });
    expect(withLevel(draft, "restricted", statements)).toMatchObject({ template: "spam", seconds: 3600 });
    expect(withLevel(draft, "watched", statements)).toMatchObject({ template: "", seconds: DAY });
    const showed = withTemplate(withRule(draft, "minor", statements), "showed", statements);
    expect(withLevel(showed, "banned", statements).template).toBe("showed");
    expect(withLevel(showed, "watched", statements).template).toBe("minor");
  });

  test("a duration of their own and their words stay", () => {
    const own = { ...draft, seconds: 60, ownSeconds: true, statement: "Mine." };
    expect(withRule(own, "minor", statements)).toMatchObject({ seconds: 60, statement: "Mine." });
  });
});

test("browsers that flag are no reporters, and somebody who reports twice is one", () => {
  const by = (visitor: string, flag: boolean) => ({ flag, reporter: { visitor } as Report["reporter"] });
  expect(countReporters([by("a", false), by("a", false), by("b", true), by("c", false)])).toBe(2);
});

test("a dismissal has no rule, no duration and no statement, and says why nothing follows", () => {
  const draft = { ...newDraft("good", reports("spam"), statements), reason: "a joke" };
  const seen = [{ flag: false }, { flag: true }, { flag: false }];
  expect(decisionRequest({ ...draft, dismissal: "good_faith" }, seen)).toEqual({
    level: "good",
    seconds: 0,
    rule: "",
    statement: "",
    reason: "a joke",
    dismissal: "good_faith",
    seen: 3,
    seen_people: 2,
  });
  expect(decisionRequest(withLevel(draft, "banned", statements), seen)).toMatchObject({
    seconds: 7 * DAY,
    rule: "spam",
    template: "spam",
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
