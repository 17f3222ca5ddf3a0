import { describe, expect, test } from "vitest";
import {
  isStandard,
  parseQuery,
  queryText,
  sameQuery,
  standardViews,
  withChanges,
} from "../../console/src/queue-query";
import { rowsInView, scrollToShow } from "../../console/src/queue-window";

describe("the query of a list of cases", () => {
  test("comes back from the address as it was, whatever it holds", () => {
    const query = { state: "decided", text: "100% & more = “ü”", moderator: "ann@x" };
    expect(parseQuery(queryText(query))).toEqual(query);
  });

  test("leaves out what is empty or not known", () => {
    expect(parseQuery("state=&reason=spam&evil=1")).toEqual({ reason: "spam" });
    expect(isStandard(parseQuery("evil=1"))).toBe(true);
  });

  test("is the same in every order", () => {
    expect(sameQuery(parseQuery("reason=spam&state=all"), parseQuery("state=all&reason=spam"))).toBe(true);
  });

  test("changes one parameter and removes another", () => {
    expect(withChanges({ state: "all", reason: "spam" }, { state: "", pictures: "1" })).toEqual({
      reason: "spam",
      pictures: "1",
    });
  });

  test("of a standard view is one that an address can hold", () => {
    for (const [, query] of standardViews("ann")) expect(parseQuery(queryText(query))).toEqual(query);
    expect(new Set(standardViews("ann").map(([, query]) => queryText(query))).size).toBe(9);
  });
});

describe("the rows in view", () => {
  test("are few, however long the list is", () => {
    const { first, end } = rowsInView(180_000, 800, 36, 10_000);
    expect([first, end]).toEqual([4_992, 5_031]);
  });

  test("stay within the list", () => {
    expect(rowsInView(-200, 800, 36, 5)).toEqual({ first: 0, end: 5 });
    expect(rowsInView(1e9, 800, 36, 5)).toEqual({ first: 5, end: 5 });
    expect(rowsInView(0, 800, 36, 0)).toEqual({ first: 0, end: 0 });
  });

  test("a row is scrolled to only as far as needed", () => {
    expect(scrollToShow(100, 36, 0, 800)).toBe(0);
    expect(scrollToShow(-20, 36, 0, 800)).toBe(-20);
    expect(scrollToShow(790, 36, 0, 800)).toBe(26);
  });
});
