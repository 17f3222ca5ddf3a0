import { describe, expect, test } from "vitest";
import { step } from "../src/core/call";
import type { Call } from "../src/core/call/state";
import { INSTALL_TEXTS } from "../src/install/texts";
import { LOCALES } from "../src/language/locale";
import { changesAt, countdown, moment, skewOf } from "../src/pools/pool-hours";
import { poolName } from "../src/pools/pool-name";
import { POOL_TEXTS } from "../src/pools/texts";

describe("the name of the pool", () => {
  test.each([
    ["/p/berlin", "berlin"],
    ["/p/new-year-2027", "new-year-2027"],
    ["/", undefined],
    ["/p/", undefined],
    ["/p/Berlin", undefined],
    [`/p/${"a".repeat(33)}`, undefined],
    ["/p/a/picture", undefined],
    ["/x/p/a", undefined],
  ])("%s", (path, name) => {
    expect(poolName(path)).toBe(name);
  });
});

describe("a search that a gateway refuses", () => {
  const searching: Call = { ...start(), phase: "searching", online: true };

  test.each(["pool_unknown", "pool_closed", "pool_age"])("%s ends until the next Start", (code) => {
    const [idle, effects] = step(searching, refusal(code), 0);
    expect([idle.phase, idle.refused, effects]).toEqual(["idle", code, []]);
    const [again, sent] = step(idle, { type: "start", wish: { mode: "text", pool: "berlin" } }, 0);
    expect([again.phase, again.refused]).toEqual(["searching", undefined]);
    expect(sent).toEqual([
      { type: "send", message: { type: "find", mode: "text", pool: "berlin", once: true } },
    ]);
  });

  test("ends no conversation, and changes nothing else", () => {
    for (const phase of ["idle", "matched", "over"] as const) {
      const call = { ...searching, phase };
      expect(step(call, refusal("pool_closed"), 0)[0]).toEqual(call);
    }
  });

  function start(): Call {
    return { phase: "idle", online: true, wish: { mode: "text", pool: "berlin" } } as Call;
  }
});

function refusal(code: string) {
  return { type: "frame", frame: { type: "error", code, message: "no" } } as const;
}

describe("hours", () => {
  const hours = { now: "2026-12-04T18:00:00Z", open: false, opens: "2026-12-04T19:00:00Z", closes: null };

  test("count by the clock of the server", () => {
    expect(skewOf(hours, Date.parse("2026-12-04T17:59:00Z"))).toBe(60_000);
    expect(changesAt(hours)).toBe(Date.parse("2026-12-04T19:00:00Z"));
    expect(changesAt({ ...hours, open: true, opens: null })).toBeUndefined();
  });

  test.each([
    [0, "00:00:00"],
    [-5_000, "00:00:00"],
    [59_001, "00:01:00"],
    [86_399_000, "23:59:59"],
    [86_400_000, "in 1 day"],
    [3 * 86_400_000 + 5, "in 3 days"],
  ])("%d ms before", (left, text) => {
    expect(countdown(left, "en")).toBe(text);
  });

  test("are told in the visitor's language", () => {
    expect(moment(Date.parse("2026-12-04T19:00:00Z"), "de")).toContain("Dezember");
  });
});

describe.each(LOCALES)("the texts in %s", (locale) => {
  test.each([
    ["of a pool", { ...POOL_TEXTS[locale] }, { ...POOL_TEXTS.en }],
    ["of the installation", { ...INSTALL_TEXTS[locale] }, { ...INSTALL_TEXTS.en }],
  ])("%s are whole", (_, texts: Record<string, string>, english: Record<string, string>) => {
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(texts)) {
      expect(text.match(/\{\w+\}/g) ?? []).toEqual(english[key]?.match(/\{\w+\}/g) ?? []);
      if (locale !== "en") expect(text).not.toBe(english[key]);
    }
  });
});
