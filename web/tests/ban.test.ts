import { expect, test } from "vitest";
import { banTitle } from "../src/view/ban";
import { translatorFor } from "./translators";

const ban = { type: "banned", rule: "hate", automated: false, decision: "d", appeal: "a" } as const;
const noon = new Date(2026, 6, 14, 12).getTime();

function title(until: string | undefined, locale: "en" | "de" = "en"): string {
  return banTitle(until === undefined ? ban : { ...ban, until }, translatorFor(locale), noon).replaceAll(
    "\u202f",
    " ",
  );
}

test("the headline of a ban says that it is one, and until when", () => {
  const evening = new Date(2026, 6, 14, 18, 30).toISOString();
  const later = new Date(2026, 6, 20, 18, 30).toISOString();
  expect(title(evening)).toBe("You are banned until 6:30 PM");
  expect(title(evening, "de")).toBe("Du bist gesperrt bis 18:30");
  expect(title(later)).toBe("You are banned until July 20, 2026 at 6:30 PM");
});

test("a ban without an end, or with one that is no time, is only named", () => {
  expect([title(undefined), title("soon")]).toEqual(["You are banned", "You are banned"]);
  expect(banTitle(undefined, translatorFor("de"), noon)).toBe("Du bist gesperrt");
});
