import { expect, test } from "vitest";
import { sentencesOf } from "../src/core/text/sentences";
import { LOCALES } from "../src/language/locale";
import { translatorFor } from "./translators";

test("sentences that are read out together each have one end", () => {
  expect(sentencesOf("Say hello!", "You are blurred")).toBe("Say hello! You are blurred");
  expect(sentencesOf("The stranger left", "Looking for someone…")).toBe(
    "The stranger left. Looking for someone…",
  );
  expect(sentencesOf("Qui ?", "Le voilà.", "Bien")).toBe("Qui ? Le voilà. Bien");
  expect(sentencesOf(undefined, "Alone", "")).toBe("Alone");
});

test.each(LOCALES)("the greeting and the curtain are two sentences in %s", (locale) => {
  const { text } = translatorFor(locale);
  expect(sentencesOf(text("matched"), text("curtain_both"))).not.toMatch(/[!?.…][!?.]/u);
});
