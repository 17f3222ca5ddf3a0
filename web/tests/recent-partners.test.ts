import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation, Line } from "../src/core/call/state";
import { RecentFrames } from "../src/safety/recent-frames";
import { DAY_MS, type RecentPartner, RecentPartners } from "../src/safety/recent-partners";
import { MemoryStore } from "../src/storage/key-value-store";
import { agoIn, lengthIn, recognitionText } from "../src/view/recent";
import { inCall, reach } from "./calls";
import { translatorFor } from "./translators";

const credential = { token: "t", expires: DAY_MS };
const tokens = { stored: () => credential };

function line(text: string, from: Line["from"] = "stranger"): Line {
  return { id: text, from, text, state: "delivered" };
}

function meets(match: string, ...texts: string[]): Conversation {
  const [call] = reach(...inCall);
  return {
    ...(call.conversation as Conversation),
    match,
    pass: `p-${match}`,
    mode: "text",
    lines: texts.map((text) => line(text)),
  };
}

function build(store = new MemoryStore<RecentPartner>()) {
  const recents = new RecentPartners(store, tokens, Date.now, Date.now);
  const met = async (match: string, ...texts: string[]) => {
    await recents.begin(meets(match));
    await recents.end(meets(match, ...texts));
  };
  return { recents, store, met };
}

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test("a partner is stored with what a report needs: pass, name, time, length and the last twenty lines", async () => {
  const { recents } = build();
  await recents.begin(meets("m"));
  vi.setSystemTime(1_090_000);
  const texts = Array.from({ length: 25 }, (_, n) => `${n}`);
  expect([recents.lasted("m"), recents.lasted("another")]).toEqual([90_000, 0]);
  await recents.end({ ...meets("m", ...texts), pass: "a fresh one" }, "next");
  const [kept] = await recents.all();
  expect(kept).toMatchObject({
    match: "m",
    pass: "a fresh one",
    credential,
    mode: "text",
    metAt: 1_000_000,
    lastedMs: 90_000,
    ending: "next",
  });
  expect([kept?.lines.length, kept?.lines.at(-1)]).toEqual([20, { from: "stranger", text: "24" }]);
});

test("all lines can be read until the page is closed, or the list is forgotten", async () => {
  const store = new MemoryStore<RecentPartner>();
  const { recents, met } = build(store);
  const texts = Array.from({ length: 25 }, (_, n) => `${n}`);
  await met("m", ...texts);
  expect(recents.talkOf("m").map(({ text }) => text)).toEqual(texts);
  expect(build(store).recents.talkOf("m")).toEqual([]);
  await recents.forgetAll();
  expect(recents.talkOf("m")).toEqual([]);
  await met("old", "x");
  vi.advanceTimersByTime(DAY_MS);
  await recents.all();
  expect(recents.talkOf("old")).toEqual([]);
});

test("a partner is stored from the start, and lines soon after they come", async () => {
  const { recents, store } = build();
  await recents.begin(meets("m"));
  recents.change(meets("m", "hello"));
  recents.change(meets("m", "hello", "nasty"));
  await vi.advanceTimersByTimeAsync(1_000);
  const [kept] = await build(store).recents.all();
  expect(kept?.lines.map(({ text }) => text)).toEqual(["hello", "nasty"]);
});

test("the newest thirty of the last day are kept, newest first", async () => {
  const { recents, store, met } = build();
  await met("old");
  vi.setSystemTime(1_000_000 + DAY_MS - 40);
  for (let n = 0; n < 35; n++) {
    vi.advanceTimersByTime(1);
    await met(`m${n}`);
  }
  const kept = await recents.all();
  expect([kept.length, kept[0]?.match, kept.at(-1)?.match]).toEqual([30, "m34", "m5"]);
  expect(await store.all()).toHaveLength(30);
  vi.setSystemTime(1_000_000 + 2 * DAY_MS);
  expect([await recents.all(), await store.all()]).toEqual([[], []]);
});

test("a report or block is stored, even while the partner leaves", async () => {
  const { recents, met } = build();
  await met("other");
  await recents.begin(meets("m"));
  await Promise.all([
    recents.end(meets("m", "x")),
    recents.note("m", { blocked: true }),
    recents.note("m", { reported: true }),
    recents.note("m", { pass: "a fresh one" }),
  ]);
  await recents.note("unknown", { reported: true });
  const kept = await recents.all();
  const m = kept.find(({ match }) => match === "m");
  expect([kept.length, m?.blocked, m?.reported, m?.lines.length]).toEqual([2, true, true, 1]);
  expect(m?.pass).toBe("a fresh one");
});

test("all are deleted at once, and the current one is stored again later", async () => {
  const { recents, met, store } = build();
  await met("m1");
  await recents.begin(meets("m2"));
  await recents.forgetAll();
  expect(await store.all()).toEqual([]);
  await recents.end(meets("m2"));
  expect((await recents.all()).map(({ match }) => match)).toEqual(["m2"]);
});

test("frames are taken after three seconds and then at times: the last three, and one more on request", () => {
  let count = 0;
  const frames = new RecentFrames(() => `${++count}`);
  frames.begin("m");
  vi.advanceTimersByTime(2_900);
  expect(count).toBe(0);
  vi.advanceTimersByTime(100 + 3 * 20_000);
  expect(count).toBe(4);
  expect(frames.of("m")).toEqual(["3", "4", "5"]);
});

test("frames are deleted a minute after the stranger left, even in another call", () => {
  let count = 0;
  const frames = new RecentFrames(() => `${++count}`);
  frames.begin("m1");
  vi.advanceTimersByTime(3_000);
  frames.begin("m2");
  vi.advanceTimersByTime(59_000);
  expect([frames.of("m1"), frames.of("m3")]).toEqual([["1", "2"], []]);
  vi.advanceTimersByTime(1_000);
  expect(frames.of("m1")).toEqual([]);
  expect(frames.of("m2")).toHaveLength(3);
  frames.end();
  vi.advanceTimersByTime(60_000);
  expect([frames.of("m2"), vi.getTimerCount()]).toEqual([[], 0]);
});

test("the drawing of a match is the last of its three pictures, until a minute after the match", () => {
  let drawn: string | undefined;
  const frames = new RecentFrames(() => "face");
  frames.begin("m");
  frames.setDrawing("m", () => drawn);
  vi.advanceTimersByTime(3_000);
  expect(frames.of("m")).toEqual(["face", "face"]);
  drawn = "drawing";
  expect(frames.of("m")).toEqual(["face", "face", "drawing"]);
  expect(frames.of("m1")).toEqual([]);
  frames.end();
  vi.advanceTimersByTime(59_000);
  expect(frames.of("m").at(-1)).toBe("drawing");
  vi.advanceTimersByTime(1_000);
  expect([frames.of("m"), vi.getTimerCount()]).toEqual([[], 0]);
});

test("a call without pictures keeps its drawing as long", () => {
  const frames = new RecentFrames(() => undefined);
  frames.setDrawing("m", () => "drawing");
  expect(frames.of("m")).toEqual(["drawing"]);
  frames.end();
  vi.advanceTimersByTime(60_000);
  expect(frames.of("m")).toEqual([]);
});

test("without a picture there are no frames", () => {
  const frames = new RecentFrames(() => undefined);
  frames.begin("m");
  vi.advanceTimersByTime(60_000);
  expect(frames.of("m")).toEqual([]);
});

test.each([
  [-5_000, "Just now", "Gerade eben"],
  [59_000, "Just now", "Gerade eben"],
  [12 * 60_000, "12 minutes ago", "vor 12 Minuten"],
  [3 * 3_600_000, "3 hours ago", "vor 3 Stunden"],
])("%i ms ago is said in words", (ms, english, german) => {
  expect([agoIn(translatorFor("en"), ms), agoIn(translatorFor("de"), ms)]).toEqual([english, german]);
});

test("the length is in seconds or minutes", () => {
  expect([
    lengthIn("en", 0),
    lengthIn("en", 40_500),
    lengthIn("en", 60_000),
    lengthIn("de", 3_599_000),
  ]).toEqual(["1 sec", "40 sec", "1 min", "59 Min."]);
});

test("shared interests and the country are stored, if known", async () => {
  const { recents } = build();
  const told = { languages: ["de"], shared_interests: ["chess", "שחמט"], country: "CH" };
  await recents.begin({ ...meets("m"), partner: told });
  const [kept] = await recents.all();
  const translator = translatorFor("en");
  expect(recognitionText(kept?.shared, kept?.country, translator)).toBe(
    "chess · \u2068שחמט\u2069 · Switzerland",
  );
  expect([
    recognitionText([], undefined, translator),
    recognitionText(undefined, undefined, translator),
  ]).toEqual(["", ""]);
});
