import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LatestNews } from "../src/view/latest-news";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function build() {
  const heard: string[] = [];
  const news = new LatestNews(
    (text) => heard.push(text),
    () => heard.at(-1) ?? "",
  );
  return { heard, news };
}

test("of several steps that follow each other quickly, only the last is announced, and once", () => {
  const { heard, news } = build();
  for (const text of [
    "Waiting until they are ready",
    "Checking their picture",
    "You can see each other now",
  ]) {
    news.say(text);
    vi.advanceTimersByTime(1_000);
  }
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual(["You can see each other now"]);
});

test("steps that last are all announced", () => {
  const { heard, news } = build();
  for (const text of ["Waiting until they are ready", "You can see each other now"]) {
    news.say(text);
    vi.advanceTimersByTime(2_000);
  }
  expect(heard).toEqual(["Waiting until they are ready", "You can see each other now"]);
});

test("what the greeting has just said is not said again", () => {
  const { heard, news } = build();
  news.say("Waiting until they are ready");
  heard.push("You both speak English. Waiting until they are ready");
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual(["You both speak English. Waiting until they are ready"]);
});

test("what was about the last stranger is not announced with the next one", () => {
  const { heard, news } = build();
  news.say("You can see each other now");
  news.forget();
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([]);
});
