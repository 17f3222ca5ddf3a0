import { afterEach, describe, expect, test } from "vitest";
import { ApiError, errorFrom } from "../../console/src/api-client";
import {
  formatAge,
  formatClock,
  formatDay,
  formatDuration,
  formatExactTime,
  formatSpan,
  formatTime,
  formatUntil,
  formatWait,
} from "../../console/src/format-time";
import {
  count,
  isKey,
  keyText,
  named,
  preferredLocale,
  say,
  speak,
  translated,
} from "../../console/src/words";
import { de } from "../../console/src/words.de";

const templates = import.meta.glob<string>("../../../services/reports/shell/statements.toml", {
  query: "?raw",
  import: "default",
  eager: true,
});
const documents = import.meta.glob<string>("../../../docs/console-api.md", {
  query: "?raw",
  import: "default",
  eager: true,
});
const api = documents["../../../docs/console-api.md"] ?? "";

const HOUR_MS = 3_600_000;
const NOW = Date.parse("2026-11-25T12:00:00Z");
const store = (chosen: string | null) => ({ getItem: () => chosen });

afterEach(() => speak("en"));

test("the browser's language is taken, unless another was chosen", () => {
  expect(preferredLocale(store(null), ["fr-FR", "de-AT", "en"])).toBe("de");
  expect(preferredLocale(store("en"), ["de"])).toBe("en");
  expect(preferredLocale(store("tr"), ["de-DE"])).toBe("de"); // the main page has Turkish, the console has not
  expect(preferredLocale(store(null), ["fr"])).toBe("en");
});

test("another language changes all words, also those of the service's values", async () => {
  expect([say("screen_queue"), count("case", 2), named("level", "banned")]).toEqual([
    "Queue",
    "2 cases",
    "banned",
  ]);
  await speak("de");
  expect([say("screen_queue"), count("case", 1), count("case", 2)]).toEqual(["Fälle", "1 Fall", "2 Fälle"]);
  expect([named("level", "banned"), named("level", "made tomorrow")]).toEqual(["gesperrt", "made tomorrow"]);
  expect(keyText("Ctrl + Enter")).toBe("Strg + Enter");
});

describe("in German", () => {
  test("durations and ages stand in the right case", async () => {
    await speak("de");
    expect([86_400, 3 * 86_400].map(formatSpan)).toEqual(["1 Tag", "3 Tage"]);
    expect(formatDuration(3 * 86_400)).toBe("für 3 Tage");
    const ages = [0, 4 / 60, 1, 3, 24 * 3].map((hours) => formatAge(NOW - hours * HOUR_MS, NOW));
    expect(ages).toEqual(["gerade eben", "vor 4 Min.", "vor 1 Stunde", "vor 3 Stunden", "vor 3 Tagen"]);
  });

  test("dates and numbers are written as in Germany", async () => {
    await speak("de");
    expect(formatTime(NOW)).toMatch(/^2[456]\. Nov\. 2026, \d\d:\d\d \S+/);
    expect(formatDay(NOW)).toBe("25. Nov.");
    expect(formatClock(NOW)).toMatch(/^\d\d:\d\d$/);
    expect(formatExactTime(new Date(2026, 10, 29, 17, 4, 10).getTime(), 0)).toBe("29.11.2026, 17:04:10");
    expect(formatUntil(NOW, NOW)).toMatch(/^bis .*\(vorbei\)$/);
    expect([null, 12_600, 216_000].map(formatWait)).toEqual(["–", "3,5 Std.", "2,5 Tage"]);
  });

  test("a refusal is said by its code, with the service's sentence where only that says what is wrong", async () => {
    await speak("de");
    const said = async (status: number, code: string, detail: string) => {
      const headers = { "content-type": "application/problem+json" };
      const error = await errorFrom(new Response(JSON.stringify({ code, detail }), { status, headers }));
      expect(error).toBeInstanceOf(ApiError);
      return error.message;
    };
    expect(await said(401, "login_refused", "the code is wrong")).toBe(de.error_login_refused);
    expect(await said(409, "conflict", "the decision was undone already")).toBe(
      "Inzwischen hat sich etwas geändert. Der Dienst sagt: The decision was undone already.",
    );
    expect(await said(502, "unknown", "")).toMatch(/^Der Dienst antwortete mit einem Fehler \(502\)/);
  });
});

test("the titles of the service's templates are translated until an operator changes them", async () => {
  const [toml = ""] = Object.values(templates);
  const titles = [...toml.matchAll(/^name = "(\w+)"\ntitle = "(.+)"$/gm)].map(([, name = "", title = ""]) => [
    name,
    title,
  ]);
  expect(titles.length).toBeGreaterThan(5);
  await speak("de");
  for (const [name, title = ""] of titles) expect(translated(`title_${name}`, title)).not.toBe(title);
  expect(translated("title_spam", "Sold shoes")).toBe("Sold shoes");
});

test("each code of an error that the service documents has a sentence", () => {
  const errors = api.match(/^- errors: .*$/gm) ?? [];
  const codes = new Set(errors.flatMap((line) => [...line.matchAll(/`(\w+)`/g)].map(([, code]) => code)));
  expect(codes.size).toBeGreaterThan(5);
  expect([...codes].filter((code) => !isKey(`error_${code}`))).toEqual([]);
});
