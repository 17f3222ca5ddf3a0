import { expect, test } from "vitest";
import * as status from "../src/status/words";
import { STATUS_TEXTS, TEXTS, wordsFor } from "./words";

test.each([...Object.values(TEXTS), ...Object.values(STATUS_TEXTS)])(
  "no text says our name where the operator's belongs",
  (texts) => {
    const said = Object.values(texts).filter((text) => text.includes("Zufall"));
    expect(said.every((text) => text.endsWith(", durch Zufall"))).toBe(true); // by chance
  },
);

test("texts say the name of the site, which is ours if there is no other", () => {
  expect(wordsFor("en").text("media_asking_audio")).toBe(
    "Your browser asks whether Zufall may use your microphone.",
  );
  expect(wordsFor("de", "Plaza").text("reconnecting_text")).toContain("zu Plaza ist abgerissen");
  expect(status.wordsFor("en", STATUS_TEXTS.en, "Plaza").text("title")).toBe("Plaza in figures");
});

test("a name is a value and has no places", () => {
  expect(wordsFor("en", "{count}").count("waiting", 2)).toBe("2 other people are waiting");
  expect(wordsFor("en", "{detail}").text("reconnecting_text")).toContain("to {detail} was lost");
});
