import { expect, test, vi } from "vitest";
import { Tokens, visitorOf } from "../src/tokens";
import { memoryStore } from "./helpers";

function build() {
  let [now, count] = [0, 0];
  const request = vi.fn<typeof fetch>(async () =>
    Response.json({ token: `t${++count}`, expires_in: 3600 }, { status: 201 }),
  );
  const store = memoryStore();
  const clock = (value: number) => {
    now = value;
  };
  return { tokens: new Tokens(store, () => now, request), request, clock };
}

test("one request serves everybody who asks, and the token is kept", async () => {
  const { tokens, request } = build();
  expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(["t1", "t1"]);
  expect(await tokens.current()).toBe("t1");
  expect(request).toHaveBeenCalledOnce();
});

test("it is renewed some minutes before it expires", async () => {
  const { tokens, clock } = build();
  await tokens.current();
  clock(3_299_000);
  expect(await tokens.current()).toBe("t1");
  clock(3_301_000);
  expect(await tokens.current()).toBe("t2");
});

test("a token that is still good makes the new one for the same visitor", async () => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(3_301_000);
  await tokens.current();
  clock(2 * 3_600_000 + 3_301_000);
  await tokens.current();
  expect(request.mock.calls.map(([, init]) => new Headers(init?.headers).get("authorization"))).toEqual([
    null,
    "Bearer t1",
    null, // t2 has expired by now
  ]);
});

test("a token that is no longer accepted is replaced by a new visitor's", async () => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(3_301_000);
  request.mockResolvedValueOnce(new Response("{}", { status: 401 }));
  expect(await tokens.current()).toBe("t2");
  expect(request).toHaveBeenCalledTimes(3);
});

test.each([403, 429, 503])("a token that is not renewed (%i) serves until it expires", async (status) => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(3_301_000);
  request.mockImplementation(async () => new Response("{}", { status }));
  expect(await tokens.current()).toBe("t1");
  clock(3_600_000);
  await expect(tokens.current()).rejects.toMatchObject({ problem: { status } });
});

test("a forgotten token is not used again", async () => {
  const { tokens } = build();
  await tokens.current();
  tokens.forget();
  expect(await tokens.current()).toBe("t2");
});

test("a refusal carries the server's code, and the next try asks again", async () => {
  const answers = [
    new Response('{"code":"banned","detail":"No."}', {
      status: 403,
      headers: { "content-type": "application/problem+json", "retry-after": "7" },
    }),
    new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "content-type": "text/html" } }),
  ];
  const tokens = new Tokens(memoryStore(), Date.now, async () => answers.shift() as Response);
  await expect(tokens.current()).rejects.toMatchObject({ banned: true, retryAfter: 7 });
  await expect(tokens.current()).rejects.toMatchObject({ banned: false, problem: { status: 502 } });
});

test("a token that has to last nearly a day is renewed for the same visitor, once an hour at most", async () => {
  const { tokens, request, clock } = build();
  expect(await tokens.lasting()).toBeUndefined();
  request.mockImplementation(async () => Response.json({ token: "t1", expires_in: 86_400 }));
  await tokens.current();
  clock(3_000_000);
  await tokens.lasting();
  expect(request).toHaveBeenCalledOnce();
  clock(3_700_000);
  expect(await tokens.lasting()).toEqual({ token: "t1", expires: 3_700_000 + 86_400_000 });
  expect(new Headers(request.mock.calls[1]?.[1]?.headers).get("authorization")).toBe("Bearer t1");
});

test("where it cannot be renewed, the one that we have has to do", async () => {
  const { tokens, request } = build();
  await tokens.current();
  request.mockRejectedValueOnce(new TypeError("failed"));
  expect(await tokens.lasting()).toMatchObject({ token: "t1" });
});

test("a token names its visitor, if it is one that this page can read", () => {
  const claims = btoa('{"sub":"v??>"}').replaceAll("+", "-").replaceAll("/", "_");
  expect([visitorOf(`x.${claims}.x`), visitorOf("nonsense"), visitorOf(undefined)]).toEqual([
    "v??>",
    undefined,
    undefined,
  ]);
});
