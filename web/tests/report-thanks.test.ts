import { describe, expect, test, vi } from "vitest";
import { LOCALES } from "../src/language/locale";
import { keepReceipt, LONGEST_MS, MOST_RECEIPTS, ReportReceipts } from "../src/thanks/report-receipts";
import { askOutcomes } from "../src/thanks/report-thanks";
import { THANKS_TEXTS } from "../src/thanks/texts";
import { memoryStore } from "./helpers";

const receipts = [
  { report: "a", at: 1 },
  { report: "b", at: 2 },
  { report: "c", at: 3 },
];

function answering(answer: Response | Error) {
  return vi.fn<typeof fetch>(async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
}

describe("receipts", () => {
  test("outlive the page and the token", () => {
    const store = memoryStore();
    keepReceipt(store, { report: "r" });
    expect(new ReportReceipts(store).all().map(({ report }) => report)).toEqual(["r"]);
  });

  test("are few, and go when they are told or old", () => {
    let now = 1_000;
    const store = memoryStore();
    const kept = new ReportReceipts(store, () => now);
    for (let number = 0; number < MOST_RECEIPTS + 2; number++) kept.keep(`r${number}`);
    expect(kept.all().map(({ report }) => report)).toEqual(
      Array.from({ length: MOST_RECEIPTS }, (_, number) => `r${number + 2}`),
    );
    kept.forget(["r2", "unknown"]);
    expect(kept.all()).toHaveLength(MOST_RECEIPTS - 1);
    now += LONGEST_MS;
    expect(kept.all()).toEqual([]);
  });

  test("that somebody else wrote into the storage are harmless", () => {
    const store = memoryStore();
    for (const text of ["", "[", "[1]", '[{"report":null}]', `[{"report":"${"x".repeat(65)}","at":1e15}]`]) {
      store.setItem("zufall.reported", text);
      expect(new ReportReceipts(store, () => 0).all()).toEqual([]);
    }
  });
});

describe("outcomes", () => {
  test("are asked for with the ids only, and not at all without a report", async () => {
    const request = answering(
      Response.json({
        outcomes: [
          { report: "b", outcome: "acted" },
          { report: "c", outcome: "newer than this page" },
          { report: "z", outcome: "acted" },
        ],
      }),
    );
    expect(await askOutcomes(receipts, request)).toEqual([{ report: "b", at: 2, outcome: "acted" }]);
    const [url, init] = request.mock.calls[0] ?? [];
    expect([url, init?.method, init?.body]).toEqual([
      "/api/reports/outcomes",
      "POST",
      '{"reports":["a","b","c"]}',
    ]);
    expect(await askOutcomes([], request)).toEqual([]);
    expect(request).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["no network", new TypeError("failed")],
    ["a gateway of before", new Response("", { status: 404 })],
    ["a proxy that answers for it", new Response("<h1>Hello</h1>")],
    ["something else", Response.json({})],
  ])("%s tells nothing", async (_, answer) => {
    expect(await askOutcomes(receipts, answering(answer))).toEqual([]);
  });
});

test.each([...LOCALES])("the thanks are whole in %s", (locale) => {
  const { told, thanks, looked, outcomes } = THANKS_TEXTS[locale];
  expect(Object.keys(outcomes).sort()).toEqual(["acted", "not_sure", "nothing_found"]);
  expect(told).toMatch(/\{date\}.*\{outcome\}/);
  expect(new Set([thanks, looked, ...Object.values(outcomes)]).size).toBe(5);
  if (locale !== "en") expect(looked).not.toBe(THANKS_TEXTS.en.looked);
});
