import { expect, test } from "vitest";
import { prepared } from "../html";
import page from "../index.html?raw";
import { en } from "../src/language/locales/en";

const read = (html: string, key: string) =>
  new RegExp(`data-text="${key}"[^>]*>([^<]*)<`).exec(html)?.[1]?.replaceAll("&amp;", "&");

test("the built page has the English rules, and the source has none", () => {
  const keys = Object.keys(en).filter((key) => /^(rule|consent)_|^page_language$/.test(key));
  expect(keys).toContain("rule_adult");
  const built = prepared(page);
  for (const key of keys as (keyof typeof en)[]) {
    expect([key, read(page, key), read(built, key)]).toEqual([key, "", en[key]]);
  }
  expect(read(built, "idle_title"), "the script writes all else").toBe("");
});
