import { expect, test } from "vitest";
import { begin } from "../src/core/call";
import type { Call, Conversation } from "../src/core/call/state";
import type { Locale } from "../src/language/locale";
import type { Partner } from "../src/messages.generated";
import { openingLine } from "../src/view/stage";
import { translatorFor } from "./translators";

function meets(partner: Partner): Call {
  return {
    ...begin(true),
    wish: { mode: "text", languages: ["de", "en"] },
    conversation: { mode: "text", partner } as Conversation,
  };
}

const opening = (partner: Partner, greeting = false, locale: Locale = "en") =>
  openingLine(meets(partner), translatorFor(locale), greeting);

test("the opening line says what two have in common, and the country", () => {
  const partner = { languages: ["de"], shared_interests: ["chess", "tea"], country: "CH" };
  expect(opening(partner)).toBe("You both like chess and tea · Switzerland");
  expect(opening(partner, false, "de")).toBe("Ihr mögt beide chess und tea · Schweiz");
});

test("a language alone is no opening, because nearly all who meet share one", () => {
  expect(opening({ languages: ["de"], shared_interests: [] })).toBeUndefined();
  expect(opening({ languages: ["de"], shared_interests: [], country: "CH" })).toBe("Switzerland");
});

test("a country alone is shown, and an unknown one is not", () => {
  expect(opening({ languages: [], shared_interests: [], country: "JP" })).toBe("Japan");
  expect(opening({ languages: [], shared_interests: [] })).toBeUndefined();
  expect(opening({ languages: ["de"], shared_interests: [], country: null }, true)).toBe(
    "You both speak German",
  );
});

test("an invalid country is shown as it came", () => {
  expect(opening({ languages: [], shared_interests: [], country: "<i>" })).toBe("<i>");
});
