import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isForeign, languageOf, withRegion } from "../src/core/translation/languages";
import {
  BrowserTranslator,
  type DetectorClass,
  type TranslatorClass,
} from "../src/understanding/browser-translator";
import { PressNeeded } from "../src/understanding/line-translator";
import { sentencesOf } from "../src/understanding/settings-section";
import { Translation } from "../src/understanding/translation";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the language of a line", () => {
  const sure = [{ language: "de", confidence: 0.9 }];
  const unsure = [{ language: "nl", confidence: 0.3 }];
  test.each([
    ["is the one that was spoken", sure, "fr-CA", ["es"], "fr"],
    ["is the detected one", sure, undefined, ["es"], "de"],
    ["is the only one of the stranger if the detector is unsure", unsure, undefined, ["pt-BR"], "pt"],
    ["is unknown if they speak several", unsure, undefined, ["pt", "es"], undefined],
    ["is unknown if nobody says anything", [{ language: "und", confidence: 1 }], undefined, [], undefined],
  ])("%s", (_, guesses, spoken, theirs, language) => {
    expect(languageOf(guesses, spoken, theirs)).toBe(language);
  });

  test("needs a translation unless I speak it", () => {
    expect([isForeign("de", ["en", "de-AT"]), isForeign("fr", ["en"]), isForeign(undefined, ["en"])]).toEqual(
      [false, true, false],
    );
  });

  test("has a region for recognisers", () => {
    expect([withRegion("de", ["en", "de-AT"]), withRegion("de", ["de"]), withRegion("ar", [])]).toEqual([
      "de-AT",
      "de-DE",
      "ar-EG",
    ]);
  });
});

type Answer = () => Promise<string>;

function browser(found: string | null = "available", answer: Answer = async () => "hello", refused?: string) {
  const made: object[] = [];
  const translator: TranslatorClass = {
    availability: async () => found,
    create: async ({ monitor, ...pair }) => {
      made.push(pair);
      if (refused) throw new DOMException("no", refused);
      monitor?.({ addEventListener: (_, heard) => heard({ loaded: 0.5 }) });
      return { translate: answer };
    },
  };
  const detector: DetectorClass = {
    availability: async () => "available",
    create: async () => ({ detect: async () => [{ detectedLanguage: "de", confidence: 0.9 }, {}] }),
  };
  return { made, adapter: new BrowserTranslator(translator, detector), translator };
}

describe("the translator of a browser", () => {
  test("names languages, and translates with one object for each pair", async () => {
    const { adapter, made } = browser();
    const shares: number[] = [];
    expect(await adapter.detect("hallo")).toEqual([
      { language: "de", confidence: 0.9 },
      { language: "und", confidence: 0 },
    ]);
    expect(await adapter.prepare("de", "en", (share) => shares.push(share))).toBe(true);
    expect(await adapter.translate("hallo", "de", "en")).toBe("hello");
    expect([made, shares]).toEqual([[{ sourceLanguage: "de", targetLanguage: "en" }], [0.5]]);
  });

  test.each(["unavailable", null])("that is %s makes nothing", async (found) => {
    const { adapter, made } = browser(found);
    expect([await adapter.prepare("de", "en", () => {}), made]).toEqual([false, []]);
  });

  test("that wants a press says so, and is tried again after it", async () => {
    const { adapter, made } = browser("downloadable", undefined, "NotAllowedError");
    await expect(adapter.prepare("de", "en", () => {})).rejects.toThrow(PressNeeded);
    await expect(adapter.prepare("de", "en", () => {})).rejects.toThrow(PressNeeded);
    expect(made.length).toBe(2);
  });

  test("that never answers is given up after ten seconds", async () => {
    const { adapter } = browser("available", () => new Promise(() => {}));
    const late = expect(adapter.translate("hallo", "de", "en")).rejects.toThrow("too long");
    await vi.advanceTimersByTimeAsync(10_000);
    await late;
  });

  test("without a detector, or with one that throws, names no language", async () => {
    const { translator } = browser();
    expect(await new BrowserTranslator(translator, undefined).detect("hallo")).toEqual([]);
    const broken = {
      availability: async () => "available",
      create: () => {
        throw new Error("no");
      },
    };
    expect(await new BrowserTranslator(translator, broken).detect("hallo")).toEqual([]);
  });
});

describe("lines", () => {
  function translation(adapter: BrowserTranslator, theirs = ["de"], mine = ["en"]) {
    const changes: boolean[] = [];
    const made = new Translation({
      translator: adapter,
      target: "en",
      spoken: () => ({ mine, theirs }),
      onChange: (ready) => changes.push(ready),
    });
    return { translation: made, changes };
  }

  test("are translated only while that is on", async () => {
    const { adapter } = browser();
    const { translation: lines } = translation(adapter);
    expect(await lines.line("hallo")).toBeUndefined();
    lines.toggle();
    expect(await lines.line("hallo")).toEqual({ text: "hello", source: "de", target: "en" });
    lines.toggle();
    expect(await lines.line("hallo")).toBeUndefined();
  });

  test("in a language of mine need none", async () => {
    const { adapter, made } = browser();
    const { translation: lines } = translation(adapter, ["de"], ["de-CH"]);
    lines.toggle();
    expect([await lines.line("hallo"), made]).toEqual([undefined, []]);
  });

  test("stay as they are when the translator throws, which is said until it works again", async () => {
    let broken = true;
    const { adapter } = browser("available", async () => {
      if (broken) throw new Error("no");
      return "hello";
    });
    const { translation: lines } = translation(adapter);
    lines.toggle();
    expect([await lines.line("hallo"), lines.note]).toEqual([undefined, { is: "failed" }]);
    broken = false;
    expect((await lines.line("hallo"))?.text).toBe("hello");
    expect(lines.note).toBeUndefined();
  });

  test("hide nothing, and are not endless", async () => {
    const { adapter } = browser("available", async () => `a\u202eb${"x".repeat(99_999)}`);
    const { translation: lines } = translation(adapter);
    lines.toggle();
    const text = (await lines.line("hallo"))?.text ?? "";
    expect([text.startsWith("abx"), text.length < 6_001]).toEqual([true, true]);
  });

  test("beyond forty that wait are left as they are", async () => {
    const { adapter } = browser();
    const { translation: lines } = translation(adapter);
    lines.toggle();
    const all = await Promise.all(Array.from({ length: 100 }, () => lines.line("hallo")));
    expect(all.filter(Boolean).length).toBe(40);
    expect(await lines.line("hallo")).toBeDefined();
  });

  test.each([
    ["unavailable", undefined, { is: "impossible", language: "de" }],
    ["downloadable", "NotAllowedError", { is: "press", language: "de" }],
    ["downloadable", "UnknownError", { is: "failed" }],
  ])("of a language that is %s (%s) say why", async (found, refused, note) => {
    const { adapter } = browser(found, undefined, refused);
    const { translation: lines, changes } = translation(adapter);
    lines.toggle();
    expect([await lines.line("hallo"), lines.note]).toEqual([undefined, note]);
    expect(changes.lastIndexOf(true), "or all lines would be tried again for ever").toBe(0);
  });

  test("that come after it was switched off are dropped", async () => {
    let go = (_: string) => {};
    const { adapter } = browser(
      "available",
      () =>
        new Promise((done) => {
          go = done;
        }),
    );
    const { translation: lines } = translation(adapter);
    lines.toggle();
    const asked = lines.line("hallo");
    await vi.advanceTimersByTimeAsync(0);
    lines.toggle();
    go("hello");
    expect(await asked).toBeUndefined();
  });
});

test.each<[object, string[]]>([
  [{}, ["cannot_write", "cannot_translate"]],
  [{ webkitSpeechRecognition: class {} }, ["cloud", "cannot_translate"]],
  [{ Translator: {} }, ["cannot_write", "can_translate"]],
])("the settings say what a browser lacks", (scope, sentences) => {
  expect(sentencesOf(scope, { recogniser: null })).toEqual(sentences);
});

test("the settings know the recogniser of the site", () => {
  expect(sentencesOf({}, { recogniser: "/site/recogniser/recogniser.js" })[0]).toBe("can_write");
});
