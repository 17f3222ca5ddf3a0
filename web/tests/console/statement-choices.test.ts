import { describe, expect, test } from "vitest";
import type { StatementChoices } from "../../console/src/api.generated";
import { fill, statementIn, templatesFor } from "../../console/src/statement-choices";

const choices: StatementChoices = {
  site: "Plaza",
  fewest_told: 5,
  rules: { minor: { en: "Under 18", fr: "Moins de 18 ans" } },
  templates: [
    {
      name: "minor",
      title: "Seems to be under 18",
      rule: "minor",
      level: "banned",
      seconds: { banned: 0 },
      reason: "Seems to be under 18.",
      texts: {
        en: "{rule}: {site} is for adults.[ Until {until}.][ {count} people said so.]",
        fr: "{rule} : {site} est réservé aux adultes.",
      },
    },
  ],
};
const facts = { rule: "minor", until: 0, reporters: 4 };

test("a template goes with its rule and its actions", () => {
  expect(templatesFor(choices, "minor", "banned").map(({ name }) => name)).toEqual(["minor"]);
  expect(templatesFor(choices, "minor", "watched")).toEqual([]);
  expect(templatesFor(choices, "spam", "banned")).toEqual([]);
});

describe("a statement", () => {
  const [template] = choices.templates as [StatementChoices["templates"][number]];
  const text = (language: string, changed = {}) =>
    statementIn(choices, template, language, { ...facts, ...changed });

  test("leaves out what is not known, and who reported", () => {
    expect(text("en").text).toBe("Under 18: Plaza is for adults.");
    expect(text("en", { until: Date.UTC(2026, 11, 8), reporters: 5 }).text).toBe(
      "Under 18: Plaza is for adults. Until 2026-12-08. 5 people said so.",
    );
  });

  test("is in the visitor's language, or in English", () => {
    expect(text("fr")).toEqual({ text: "Moins de 18 ans : Plaza est réservé aux adultes.", language: "fr" });
    expect(text("tr").language).toBe("en");
  });
});

test("a name with braces is only a name", () => {
  expect(fill("{site}[ and {count}]", { site: "{until} [x]" })).toBe("{until} [x]");
});
