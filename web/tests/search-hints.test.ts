import { describe, expect, test } from "vitest";
import { explain, outlook, relaxKey } from "../src/core/call/search-hints";
import type { Relaxable, Search } from "../src/core/call/state";
import { COUNTRIES } from "../src/countries";
import { LANGUAGES, OWN_NAMES } from "../src/language/languages";
import { LOCALES, type Locale } from "../src/language/locale";
import { translatorFor } from "./translators";

const wish = {
  mode: "text" as const,
  interests: ["chess", "cats"],
  languages: ["cy", "de"],
  strict_language: true,
  nearby: true,
};
const plain = { mode: "text" as const };

/** Returns the sentence and the button, as a visitor reads them. */
function read(hint: string, locale: Locale = "en", wished: Parameters<typeof explain>[1] = wish): unknown {
  const translator = translatorFor(locale);
  const explained = explain({ waiting: 2, stage: 0, hint }, wished, translator);
  return explained && [explained.sentence, explained.relax && translator.text(relaxKey(explained.relax))];
}

describe("a hint as a sentence", () => {
  test.each([
    ["alone", "Nobody else is waiting right now", undefined],
    ["met", "Only someone you just met is here", undefined],
    ["nobody", "Nobody here matches your search", undefined],
    ["languages:cy", "Nobody here speaks Welsh", "Search in any language"],
    ["languages:cy,de,fr", "Nobody here speaks Welsh, German, or French", "Search in any language"],
    ["interests:chess,cats", "Nobody here likes chess or cats", "Search without interests"],
    ["interests:a:b", "Nobody here likes a:b", "Search without interests"],
    ["languages", "Few people here speak your languages", "Search in any language"],
    ["languages:", "Few people here speak your languages", "Search in any language"],
    ["interests:,", "Few people here share your interests", "Search without interests"],
    ["avoid_countries", "Only people in countries that you avoid are here", undefined],
    ["nearby", "Nobody from your country is here", "Search in all countries"],
    ["matcher_away", "We cannot pair anyone right now. Your search goes on by itself.", undefined],
  ])("%s in English", (hint, sentence, button) => {
    expect(read(hint)).toEqual([sentence, button]);
  });

  test.each([
    ["alone", "Gerade wartet sonst niemand"],
    ["met", "Hier ist nur jemand, den du gerade erst getroffen hast"],
    ["nobody", "Niemand hier passt zu deiner Suche"],
    ["languages:cy,de", "Niemand hier spricht Walisisch oder Deutsch"],
    ["interests:schach", "Niemand hier mag schach"],
    ["languages", "Kaum jemand hier spricht deine Sprachen"],
    ["interests", "Kaum jemand hier teilt deine Interessen"],
    ["avoid_countries", "Hier sind nur Menschen aus Ländern, die du meidest"],
    ["nearby", "Niemand aus deinem Land ist hier"],
    ["matcher_away", "Gerade können wir niemanden zusammenbringen. Die Suche geht von selbst weiter."],
  ])("%s in German", (hint, sentence) => {
    expect(explain({ waiting: 2, stage: 0, hint }, wish, translatorFor("de"))?.sentence).toBe(sentence);
  });

  test.each(["", "weather", "weather:rain", "toString", "__proto__:x"])("%j has no sentence", (hint) =>
    expect(read(hint)).toBeUndefined(),
  );

  test("no hint has no sentence", () => {
    expect(explain({ waiting: 2, stage: 0 }, wish, translatorFor("en"))).toBeUndefined();
  });

  test("an invalid language is named as it came", () => {
    expect(read("languages:<b>x</b>")).toEqual(["Nobody here speaks <b>x</b>", "Search in any language"]);
  });

  test("tags cannot contain placeholders", () => {
    expect(read("interests:{interests}")).toEqual([
      "Nobody here likes {interests}",
      "Search without interests",
    ]);
  });
});

test("only what was wished can be given up", () => {
  expect(["languages:de", "interests:chess", "nearby"].map((hint) => read(hint, "en", plain))).toEqual([
    ["Nobody here speaks German", undefined],
    ["Nobody here likes chess", undefined],
    ["Nobody from your country is here", undefined],
  ]);
});

test("the page does not promise that waiting helps if it does not", () => {
  const hints = [
    "alone",
    "nobody",
    "matcher_away",
    "avoid_countries",
    "languages:cy",
    "met",
    "interests",
    "nearby",
  ];
  const hard = (wished: typeof plain) =>
    hints.filter((hint) => explain({ waiting: 2, stage: 0, hint }, wished, translatorFor("en"))?.hard);
  expect(hard(wish)).toEqual(["alone", "nobody", "matcher_away", "avoid_countries", "languages:cy", "met"]);
  expect(hard(plain)).toEqual(["alone", "nobody", "matcher_away", "avoid_countries", "met"]);
});

describe("beside the explanation", () => {
  const said = (search: Search, times = { widens: 14.2, again: 41.3 }) => {
    const translator = translatorFor("en");
    return outlook(search, explain(search, wish, translator), times, translator);
  };

  test("stands how many others wait, and when the search widens", () => {
    expect(said({ waiting: 3, stage: 1 })).toBe("2 other people are waiting · The search widens in 15 s");
    expect(said({ waiting: 2, stage: 3 }, { widens: 0, again: 0 })).toBe("1 other person is waiting");
  });

  test("stands when two who have just met can meet again, and not that the search widens", () => {
    const search = { waiting: 2, stage: 1, hint: "met" };
    expect(said(search)).toBe("1 other person is waiting · You can meet again in 42 s");
    expect(said(search, { widens: 14.2, again: -1 })).toBe("1 other person is waiting");
  });

  test("stands what to do if nobody else is here", () => {
    const text = "Keep this page open. You will meet as soon as someone comes.";
    expect([said({ waiting: 1, stage: 0 }), said({ waiting: 4, stage: 0, hint: "alone" })]).toEqual([
      text,
      text,
    ]);
  });
});

test.each(LOCALES)("everything that can be given up has a button in %s", (locale) => {
  const parts: Relaxable[] = ["strict_language", "interests", "nearby"];
  expect(new Set(parts.map((part) => translatorFor(locale).text(relaxKey(part)))).size).toBe(3);
});

test("every country has its own name", () => {
  const names = COUNTRIES.map(translatorFor("de").country);
  expect(new Set(names).size).toBe(249);
  expect(names).toContain("Schweiz");
  expect(names.filter((name) => /^[A-Z]{2}$/.test(name))).toEqual([]);
});

test("every language has its own name", () => {
  const names = LANGUAGES.map(translatorFor("de").language);
  expect(new Set(names).size).toBe(LANGUAGES.length);
  expect(names).toContain("Walisisch");
  expect(names.filter((name) => /^[a-z]{2,3}$/.test(name))).toEqual([]);
});

test("languages that some browsers cannot name have their own names", () => {
  for (const [code, name] of Object.entries(OWN_NAMES)) {
    expect(LANGUAGES).toContain(code);
    const [known] = Intl.DisplayNames.supportedLocalesOf(code);
    const own = known && new Intl.DisplayNames(known, { type: "language" }).of(code);
    if (own) expect(name.toLowerCase()).toContain(own.toLowerCase());
  }
});
