// The files with texts, and what loads them. The compiler does not see a file that is missing, so this test looks.

import { describe, expect, test } from "vitest";
import { loadTexts as loadArrival } from "../src/arrival/texts";
import { loadLocale } from "../src/language/load-locale";
import { LOCALES, type Locale } from "../src/language/locale";
import { loadTexts as loadPage } from "../src/language/texts";
import { loadMeetTexts } from "../src/meet/texts";
import { loadTexts as loadModeChange } from "../src/mode-change/texts";
import { loadMyPictureTexts } from "../src/my-picture/texts";
import { loadTexts as loadNetwork } from "../src/network/texts";
import { loadSafetyTexts } from "../src/safety-emoji/texts";
import { loadTexts as loadSigns } from "../src/signs/texts";
import { loadTexts as loadStatus } from "../src/status/texts";
import { loadCards } from "../src/together/cards";
import { drawingTranslator } from "../src/together/drawing/words";
import { gameTranslator } from "../src/together/games/words";
import { loadTogetherWords } from "../src/together/words";
import { loadUnderstandingTexts } from "../src/understanding/texts";
import { loadWords } from "../src/waiting/texts";

/** What the parts load, by the folder that they load it from. */
const LOADED: Record<string, (locale: Locale) => Promise<unknown>> = {
  "../src/arrival/locales": loadArrival,
  "../src/language/locales": loadPage,
  "../src/meet/locales": loadMeetTexts,
  "../src/mode-change/locales": loadModeChange,
  "../src/my-picture/locales": loadMyPictureTexts,
  "../src/network/locales": loadNetwork,
  "../src/safety-emoji/locales": loadSafetyTexts,
  "../src/signs/locales": loadSigns,
  "../src/status/locales": loadStatus,
  "../src/together/cards": loadCards,
  "../src/together/words": loadTogetherWords,
  "../src/understanding/locales": loadUnderstandingTexts,
};
const TRANSLATORS: Record<string, (locale: Locale) => Promise<{ text(key: string): string }>> = {
  "../src/together/drawing/words": drawingTranslator,
  "../src/together/games/words": gameTranslator,
  "../src/waiting/locales": loadWords,
};

type Texts = Record<string, string>;

/** Every file that is named by a language, such as `de.ts` or `words.de.ts`. */
const FILES = import.meta.glob<Record<string, Texts>>(
  ["../src/**/??.ts", "../src/**/*.??.ts", "!../src/worker/sw.ts"],
  { eager: true },
);
const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
const localeOf = (path: string) => path.split(/[/.]/).at(-2) ?? "";
const FOLDERS = [...new Set(Object.keys(FILES).map(folderOf))].sort();

/** Returns what the files of a folder export, by language. */
const exportedIn = (folder: string) =>
  new Map(
    Object.entries(FILES).flatMap(([path, exported]) =>
      folderOf(path) === folder ? [[localeOf(path), Object.values(exported)]] : [],
    ),
  );

test("every folder of texts belongs to a part that loads it", () => {
  expect(FOLDERS).toEqual([...Object.keys(LOADED), ...Object.keys(TRANSLATORS)].sort());
});

describe.each(FOLDERS)("%s", (folder) => {
  const exported = exportedIn(folder);
  const texts = (locale: string) => exported.get(locale)?.[0] ?? {};

  test("has one file for each language, which exports only its texts", () => {
    expect([...exported.keys()].sort()).toEqual([...LOCALES].sort());
    for (const [locale, all] of exported) expect([locale, all.length]).toEqual([locale, 1]);
  });

  test.each(LOCALES)("has every English text in %s, and beside them only plural forms", (locale) => {
    const [own, english] = [Object.keys(texts(locale)), Object.keys(texts("en"))];
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    const counted = english.filter((key) => english.includes(key.replace(/_one$/, "_other")));
    const plurals = counted.flatMap((key) => forms.map((form) => key.replace(/_one$/, `_${form}`)));
    expect(english.length).toBeGreaterThan(0);
    expect(english.filter((key) => !own.includes(key))).toEqual([]);
    expect(own.filter((key) => !english.includes(key) && !plurals.includes(key))).toEqual([]);
    for (const [key, text] of Object.entries(texts(locale)))
      expect([key, text.trim()]).not.toEqual([key, ""]);
  });

  test.each(LOCALES)("is read by its part in %s", async (locale) => {
    const [plain = "", text] = Object.entries(texts(locale)).find(([, text]) => !text.includes("{")) ?? [];
    const translator = await TRANSLATORS[folder]?.(locale);
    if (translator) expect(translator.text(plain)).toBe(text);
    else expect(await LOADED[folder]?.(locale)).toBe(texts(locale));
  });
});

describe("the texts of one language", () => {
  const files = {
    "./locales/de.ts": async () => ({ de: { yes: "Ja" } }),
    "./locales/en.ts": () => Promise.reject(new TypeError("the network is gone")),
  };

  test("come from its file, and no other is loaded", async () => {
    expect(await loadLocale(files, "./locales/de.ts")).toEqual({ yes: "Ja" });
  });

  test("fail with the file", async () => {
    await expect(loadLocale(files, "./locales/en.ts")).rejects.toThrow("the network is gone");
  });

  test("fail if there are none", async () => {
    await expect(loadLocale(files, "./locales/tlh.ts")).rejects.toThrow("no texts in ./locales/tlh.ts");
  });
});
