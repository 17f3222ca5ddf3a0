import { expect, test } from "vitest";
import { translatorFor as translatorOf } from "../src/language/translator";
import { STATUS_TEXTS, TEXTS, translatorFor } from "./translators";

test.each([...Object.values(TEXTS), ...Object.values(STATUS_TEXTS)])(
  "no text contains our name in place of the operator's",
  (texts) => {
    const said = Object.values(texts).filter((text) => text.includes("Zufall"));
    expect(said.every((text) => text.endsWith("– per Zufall"))).toBe(true); // by chance
  },
);

test("texts contain the name of the site, which is ours by default", () => {
  expect(translatorFor("en").text("media_asking_audio")).toBe(
    "Your browser is asking if Zufall may use your microphone.",
  );
  expect(translatorFor("de", "Plaza").text("reconnecting_text")).toContain("zu Plaza ist abgebrochen");
  expect(translatorOf("en", STATUS_TEXTS.en, "Plaza").text("title")).toBe("Plaza in numbers");
});

test("a name is a value and cannot contain placeholders", () => {
  expect(translatorFor("en", "{count}").count("waiting", 2)).toBe("2 other people are waiting");
  expect(translatorFor("en", "{detail}").text("reconnecting_text")).toContain("to {detail} was lost");
});
