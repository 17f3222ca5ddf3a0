import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { version } from "../package.json";
import type { ToBrowser } from "../src/messages.generated";
import { Signaling } from "../src/signaling";
import { TokenRefused } from "../src/signaling/token-store";
import { VisitorStore } from "../src/signaling/visitor-store";
import { openStorage } from "../src/storage/local-storage";
import { memoryStore, settle } from "./helpers";

class FakeSocket {
  readyState = 1;
  sent: unknown[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: unknown }) => void;
  onclose?: (event: { code: number }) => void;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number): void {
    this.onclose?.({ code });
  }
}

const welcome = { type: "welcome", visitor: "v", gateway: "g", memory: "sealed", ice: { policy: "all" } };

/** Builds a token that names a visitor, readable for the page. */
const tokenOf = (sub: string) => `h.${btoa(JSON.stringify({ sub }))}.s`;
const token = tokenOf("v");

function build(current: () => Promise<string> = async () => token) {
  const sockets: FakeSocket[] = [];
  const seen: string[] = [];
  const tokens = { current: vi.fn(current), expire: vi.fn(), forget: vi.fn() };
  const visitors = new VisitorStore(
    openStorage(() => memoryStore()),
    undefined,
    () => 1_000,
  );
  let pass: string | undefined;
  const signaling = new Signaling({
    url: "ws://gateway/ws",
    tokens,
    visitors,
    locale: "en",
    pass: () => pass,
    onMessage: (message: ToBrowser) => seen.push(message.type),
    onLost: () => seen.push("lost"),
    onClosed: (why) => seen.push(why),
    random: () => 1,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  const latest = () => sockets.at(-1) as FakeSocket;
  const connect = async () => {
    signaling.connect();
    await settle();
    latest().onopen?.();
    latest().onmessage?.({ data: JSON.stringify(welcome) });
  };
  return {
    signaling,
    sockets,
    seen,
    tokens,
    visitors,
    latest,
    connect,
    resume: (value: string) => {
      pass = value;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", { OPEN: 1 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("hello is the first frame, and nothing else is sent before the welcome", async () => {
  const { signaling, latest } = build();
  signaling.connect();
  await settle();
  expect(signaling.send({ type: "stop" })).toBe(false);
  latest().onopen?.();
  expect(signaling.send({ type: "stop" })).toBe(false);
  latest().onmessage?.({ data: JSON.stringify(welcome) });
  expect(signaling.send({ type: "stop" })).toBe(true);
  const hello = { type: "hello", token, epoch: 1_000, version, locale: "en" };
  expect(latest().sent).toEqual([hello, { type: "stop" }]);
});

test("only a gateway that counts calls is told how one is carried", async () => {
  const { signaling, latest, connect } = build();
  await connect();
  signaling.tellRoute("m", true);
  expect(latest().sent).toHaveLength(1);
  latest().onmessage?.({ data: JSON.stringify({ ...welcome, counts_calls: true }) });
  signaling.tellRoute("m", true);
  expect(latest().sent.at(-1)).toEqual({ type: "connected", match: "m", relay: true });
});

test("each dial has a higher epoch, and the newest memory of any frame", async () => {
  const { connect, latest } = build();
  await connect();
  const frames = [
    { type: "matched", memory: "matched" },
    { type: "memory", memory: "newest" },
    { type: "typing" },
  ];
  for (const frame of frames) latest().onmessage?.({ data: JSON.stringify(frame) });
  latest().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(500);
  latest().onopen?.();
  expect(latest().sent).toMatchObject([{ type: "hello", epoch: 1_001, memory: "newest" }]);
});

test("a visitor who connected elsewhere stays away until Start, and then dials with a higher epoch", async () => {
  const { signaling, connect, latest, sockets, seen } = build();
  await connect();
  const stale = { type: "error", code: "stale_epoch", message: "", epoch: 5_000 };
  latest().onmessage?.({ data: JSON.stringify(stale) });
  latest().onclose?.({ code: 4409 });
  signaling.renew();
  signaling.hurry();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sockets.length, seen.at(-1)]).toEqual([1, "elsewhere"]);
  await connect();
  expect(latest().sent).toMatchObject([{ type: "hello", epoch: 5_001 }]);
});

test("a visitor without a higher epoch becomes another visitor", async () => {
  const tokens = [tokenOf("old"), tokenOf("new")];
  const { connect, latest, visitors, tokens: used } = build(async () => tokens[0] as string);
  await visitors.raiseTo("old", Number.MAX_SAFE_INTEGER);
  used.forget.mockImplementation(() => tokens.shift());
  await connect();
  expect(used.forget).toHaveBeenCalledOnce();
  expect(latest().sent).toMatchObject([{ type: "hello", token: tokenOf("new"), epoch: 1_000 }]);
});

test("a lost socket reconnects with the pass of the current match", async () => {
  const { connect, latest, sockets, seen, resume } = build();
  await connect();
  resume("pass");
  latest().onclose?.({ code: 1006 });
  expect(seen).toEqual(["welcome", "lost"]);
  await vi.advanceTimersByTimeAsync(499);
  expect(sockets).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  latest().onopen?.();
  expect(latest().sent[0]).toMatchObject({ type: "hello", pass: "pass" });
});

test("failed attempts wait longer and longer, and a welcome resets the count", async () => {
  const { connect, latest, sockets } = build();
  await connect();
  for (const delay of [500, 1000, 2000]) {
    latest().onclose?.({ code: 1006 });
    const before = sockets.length;
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(sockets).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(before + 1);
  }
  latest().onmessage?.({ data: JSON.stringify(welcome) });
  latest().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(500);
  expect(sockets).toHaveLength(5);
});

test("after a restart the page dials within two seconds, and then as after any failure", async () => {
  const { connect, latest, sockets } = build();
  await connect();
  for (const [code, delay] of [
    [1012, 2_000],
    [1006, 1_000], // the next gateway is full: a browser does not tell with what it refused the socket
    [1012, 2_000], // the next one stops, too
    [1006, 4_000],
  ] as const) {
    latest().onclose?.({ code });
    const before = sockets.length;
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(sockets).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(before + 1);
  }
});

test("a gateway that asks to wait before the next token is asked later than that", async () => {
  const problem = { status: 503, code: "unavailable", detail: "", retryAfter: 10 };
  const { signaling, tokens } = build(() => Promise.reject(new TokenRefused(problem)));
  signaling.connect();
  await vi.advanceTimersByTimeAsync(10_000 + 499);
  expect(tokens.current).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(tokens.current).toHaveBeenCalledTimes(2);
});

test("a refused token is renewed before the next try", async () => {
  const { connect, latest, tokens, sockets } = build();
  await connect();
  latest().onclose?.({ code: 4401 });
  expect(tokens.expire).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(0);
  expect(sockets).toHaveLength(2);
});

test.each([
  [4400, "refused"],
  [4403, "banned"],
  [4409, "elsewhere"],
  [4413, "refused"],
])("after %i the socket stays closed until it is asked for", async (code, why) => {
  const { connect, latest, sockets, seen } = build();
  await connect();
  latest().onclose?.({ code });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sockets.length, seen]).toEqual([1, ["welcome", why]]);
  await connect();
  expect(sockets).toHaveLength(2);
});

test("disconnect is final, even while a socket or a token is on its way", async () => {
  const { signaling, connect, latest, sockets, seen } = build();
  await connect();
  latest().onclose?.({ code: 1006 });
  signaling.disconnect();
  await vi.advanceTimersByTimeAsync(60_000);
  signaling.connect();
  signaling.disconnect();
  await settle();
  expect([sockets.length, seen]).toEqual([1, ["welcome", "lost"]]);
});

test("a missing token is a reason to retry, and a ban is not", async () => {
  const down = build(async () => {
    throw new TypeError("no network");
  });
  down.signaling.connect();
  await vi.advanceTimersByTimeAsync(1600);
  expect(down.tokens.current.mock.calls.length).toBe(3);
  const problem = { status: 403, code: "banned", detail: "", retryAfter: 0 };
  const banned = build(() => Promise.reject(new TokenRefused(problem)));
  banned.signaling.connect();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([banned.tokens.current.mock.calls.length, banned.seen]).toEqual([1, ["banned"]]);
});

test("a new visitor of a banned device is told why", async () => {
  const ban = { type: "banned", rule: "spam", automated: true, decision: "d", appeal: "a" } as const;
  const problem = { status: 403, code: "banned", detail: "", retryAfter: 0, ban };
  const banned = build(() => Promise.reject(new TokenRefused(problem)));
  banned.signaling.connect();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([banned.sockets.length, banned.seen]).toEqual([0, ["banned", "banned"]]); // the notice, and the end
});

test("when the network is gone the socket is dropped at once", async () => {
  const { signaling, connect, sockets, seen } = build();
  await connect();
  signaling.abandon();
  await vi.advanceTimersByTimeAsync(500);
  expect([sockets.length, seen]).toEqual([2, ["welcome", "lost"]]);
});

test("when the network is back a delay ends, and a working socket stays", async () => {
  const { signaling, connect, latest, sockets } = build();
  await connect();
  signaling.hurry();
  latest().onclose?.({ code: 4429 });
  signaling.hurry();
  await vi.advanceTimersByTimeAsync(300);
  expect(sockets).toHaveLength(2);
});

test("a socket that may be dead is dropped, and what it still delivers is ignored", async () => {
  const { signaling, connect, latest, sockets, seen } = build();
  await connect();
  const old = latest();
  signaling.renew();
  expect([seen, signaling.send({ type: "stop" })]).toEqual([["welcome", "lost"], false]);
  await vi.advanceTimersByTimeAsync(300);
  expect(sockets).toHaveLength(2);
  old.onmessage?.({ data: JSON.stringify({ type: "typing", match: "m1" }) });
  old.onclose?.({ code: 1006 });
  expect(seen).toEqual(["welcome", "lost"]);
});

test("a network change ends the delay before a reconnect", async () => {
  const { signaling, connect, latest, sockets } = build();
  await connect();
  latest().onclose?.({ code: 4429 });
  signaling.renew();
  await vi.advanceTimersByTimeAsync(300);
  expect(sockets).toHaveLength(2);
});

test("a socket without a welcome in ten seconds is dropped, with longer and longer delays", async () => {
  const { signaling, sockets, seen } = build();
  signaling.connect();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([sockets.length, seen]).toEqual([1, ["lost"]]);
  await vi.advanceTimersByTimeAsync(500 + 10_000 + 999);
  expect(sockets).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(sockets).toHaveLength(3);
});

test("a welcomed socket may be silent for any time", async () => {
  const { connect, sockets, seen } = build();
  await connect();
  await vi.advanceTimersByTimeAsync(600_000);
  expect([sockets.length, seen]).toEqual([1, ["welcome"]]);
});

test("a token that is refused late does not harm the open socket", async () => {
  const answers: ((error: Error) => void)[] = [];
  const first = new Promise<string>((_, reject) => answers.push(reject));
  let asked = 0;
  const { signaling, latest, seen } = build(() => (asked++ === 0 ? first : Promise.resolve(token)));
  signaling.connect();
  signaling.hurry();
  await vi.advanceTimersByTimeAsync(300);
  latest().onmessage?.({ data: JSON.stringify(welcome) });
  answers[0]?.(new TypeError("no network"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seen).toEqual(["welcome"]);
});
