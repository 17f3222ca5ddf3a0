import { expect, test, vi } from "vitest";
import type { WorkChallenge } from "../src/http.generated";
import { TokenStore, visitorOf } from "../src/signaling/token-store";
import { memoryStore } from "./helpers";

const WORK: WorkChallenge = {
  parameters: {
    algorithm: "PBKDF2/SHA-256",
    cost: 1,
    expiresAt: 1,
    keyLength: 32,
    keyPrefix: "00",
    keySignature: "",
    nonce: "",
    salt: "",
  },
  signature: "s",
};

/** Answers requests for challenges by itself, and all others by `request`. */
function withChallenges(request: typeof fetch, work?: WorkChallenge): typeof fetch {
  return async (path, init) =>
    String(path).startsWith("/api/challenge")
      ? Response.json({ challenge: "c", expires_in: 120, ...(work && { work }) })
      : request(path, init);
}

function build() {
  let [now, count] = [0, 0];
  const request = vi.fn<typeof fetch>(async () =>
    Response.json({ token: `t${++count}`, expires_in: 3600 }, { status: 201 }),
  );
  const store = memoryStore();
  const clock = (value: number) => {
    now = value;
  };
  return { tokens: new TokenStore(store, () => now, withChallenges(request)), request, clock };
}

test("one request serves all callers, and the token is stored", async () => {
  const { tokens, request } = build();
  expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(["t1", "t1"]);
  expect(await tokens.current()).toBe("t1");
  expect(request).toHaveBeenCalledOnce();
});

test("the token is renewed some minutes before it expires", async () => {
  const { tokens, clock } = build();
  await tokens.current();
  clock(3_299_000);
  expect(await tokens.current()).toBe("t1");
  clock(3_301_000);
  expect(await tokens.current()).toBe("t2");
});

test("a token is renewed for the same visitor, also when it has expired", async () => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(3_301_000);
  await tokens.current();
  clock(10 * 3_600_000); // the device slept
  await tokens.current();
  expect(request.mock.calls.map(([, init]) => new Headers(init?.headers).get("authorization"))).toEqual([
    null,
    "Bearer t1",
    "Bearer t2",
  ]);
});

test("an expired token that waits for a gateway keeps its visitor", async () => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(10 * 3_600_000);
  request.mockResolvedValueOnce(new Response("{}", { status: 503 }));
  await expect(tokens.current()).rejects.toMatchObject({ problem: { status: 503 } });
  expect(await tokens.current()).toBe("t2");
  expect(new Headers(request.mock.calls.at(-1)?.[1]?.headers).get("authorization")).toBe("Bearer t1");
});

test("a token that a gateway refused is renewed at once, and still reports strangers", async () => {
  const { tokens, request } = build();
  await tokens.current();
  tokens.expire();
  expect(tokens.stored()?.token).toBe("t1");
  expect(await tokens.current()).toBe("t2");
  expect(new Headers(request.mock.calls[1]?.[1]?.headers).get("authorization")).toBe("Bearer t1");
});

test("a token that is no longer accepted is replaced by that of a new visitor", async () => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(3_301_000);
  request.mockResolvedValueOnce(new Response("{}", { status: 401 }));
  expect(await tokens.current()).toBe("t2");
  expect(request).toHaveBeenCalledTimes(3);
});

test.each([403, 429, 503])("a token that is not renewed (%i) is used until it expires", async (status) => {
  const { tokens, request, clock } = build();
  await tokens.current();
  clock(3_301_000);
  request.mockImplementation(async () => new Response("{}", { status }));
  expect(await tokens.current()).toBe("t1");
  clock(3_600_000);
  await expect(tokens.current()).rejects.toMatchObject({ problem: { status } });
});

test("a dropped token is not used again", async () => {
  const { tokens } = build();
  await tokens.current();
  tokens.forget();
  expect(await tokens.current()).toBe("t2");
});

test("a refusal has the server's code, and the next try asks again", async () => {
  const answers = [
    new Response('{"code":"banned","detail":"No.","ban":{"rule":"spam"}}', {
      status: 403,
      headers: { "content-type": "application/problem+json", "retry-after": "7" },
    }),
    new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "content-type": "text/html" } }),
  ];
  const request = withChallenges(async () => answers.shift() as Response);
  const tokens = new TokenStore(memoryStore(), Date.now, request);
  await expect(tokens.current()).rejects.toMatchObject({
    banned: true,
    retryAfter: 7,
    problem: { ban: { rule: "spam" } },
  });
  await expect(tokens.current()).rejects.toMatchObject({ banned: false, problem: { status: 502 } });
});

test("a readable token names its visitor", () => {
  const claims = btoa('{"sub":"v??>"}').replaceAll("+", "-").replaceAll("/", "_");
  expect([visitorOf(`x.${claims}.x`), visitorOf("nonsense"), visitorOf(undefined)]).toEqual([
    "v??>",
    undefined,
    undefined,
  ]);
});

function withDevice(...answers: Response[]) {
  const request = vi.fn<typeof fetch>(async () => answers.shift() as Response);
  const device = {
    prove: vi.fn(async (challenge: string, token = "") => ({
      key: "k",
      challenge,
      signature: `of ${token}`,
    })),
    remember: vi.fn(async () => {}),
  };
  let now = 0;
  const work = {
    solve: vi.fn(async (challenge: WorkChallenge) => ({
      challenge,
      solution: { counter: 7, derivedKey: "k" },
    })),
  };
  const asked: string[] = [];
  const answered = withChallenges(request, WORK);
  const answering: typeof fetch = (path, init) => {
    asked.push(String(path));
    return answered(path, init);
  };
  const tokens = new TokenStore(memoryStore(), () => now, answering, device, work);
  const sent = () => request.mock.calls.map(([, init]) => JSON.parse(String(init?.body)));
  const later = () => {
    now = 3_301_000;
  };
  return { tokens, device, work, sent, later, asked };
}

const given = (token: string, more = {}) =>
  Response.json({ token, expires_in: 3600, ...more }, { status: 201 });
const refusal = (code: string, status = 403) =>
  Response.json({ code }, { status, headers: { "content-type": "application/problem+json" } });

test("a device signs for every token, and its voucher is stored", async () => {
  const { tokens, device, sent, later } = withDevice(given("t1", { device: { voucher: "v" } }), given("t2"));
  expect(await tokens.current()).toBe("t1");
  later();
  expect(await tokens.current()).toBe("t2");
  expect(sent().map((body) => body.device.signature)).toEqual(["of ", "of t1"]);
  expect(device.remember.mock.calls).toEqual([["v"]]);
});

test("a browser that can prove no key does the harder work instead", async () => {
  const { tokens, device, work, sent, asked } = withDevice(given("t1"));
  device.prove.mockResolvedValueOnce(undefined as never);
  expect(await tokens.current()).toBe("t1");
  expect(asked).toEqual(["/api/challenge?device=yes", "/api/challenge", "/api/session"]);
  expect(work.solve).toHaveBeenCalledOnce();
  expect(sent()).toEqual([{ work: SOLVED }]);
});

const SOLVED = { challenge: WORK, solution: { counter: 7, derivedKey: "k" } };
const PROOFS = { device: { key: "k", challenge: "c", signature: "of " }, work: SOLVED };

test.each([
  ["proof_refused", 403],
  ["invalid_request", 400],
])("a proof of the device that is refused (%s) is left out", async (code, status) => {
  const { tokens, sent } = withDevice(refusal(code, status), given("t1"));
  expect(await tokens.current()).toBe("t1");
  expect(sent()).toEqual([PROOFS, { work: SOLVED }]);
});

test.each(["challenge_refused", "work_refused"])("after %s the work is done once more", async (code) => {
  const { tokens, work, sent } = withDevice(refusal(code), given("t1"), refusal(code), refusal(code));
  expect(await tokens.current()).toBe("t1");
  expect(sent()).toEqual([PROOFS, PROOFS]);
  expect(work.solve).toHaveBeenCalledTimes(2);
  tokens.forget();
  await expect(tokens.current()).rejects.toMatchObject({ problem: { code } });
  expect(sent()).toHaveLength(4);
});

test("a challenge is asked for with the token that is to be renewed", async () => {
  const { request } = build();
  const asked = vi.fn<typeof fetch>(async () => Response.json({ challenge: "c", expires_in: 120 }));
  const store = memoryStore();
  let now = 0;
  const both: typeof fetch = (path, init) =>
    (String(path).startsWith("/api/challenge") ? asked : request)(path, init);
  const renewing = new TokenStore(store, () => now, both);
  await renewing.current();
  now = 3_301_000;
  await renewing.current();
  const shown = asked.mock.calls.map(([, init]) => new Headers(init?.headers).get("authorization"));
  expect(shown).toEqual([null, "Bearer t1"]);
  asked.mockResolvedValueOnce(new Response("{}", { status: 401 }));
  now = 2 * 3_301_000;
  expect(await renewing.current()).toBe("t3");
});

test("a gateway that gives no challenge gives no token, and says when to come back", async () => {
  const busy = new Response("{}", { status: 429, headers: { "retry-after": "7" } });
  const request = vi.fn<typeof fetch>(async () => busy);
  await expect(new TokenStore(memoryStore(), Date.now, request).current()).rejects.toMatchObject({
    retryAfter: 7,
  });
  expect(request).toHaveBeenCalledOnce();
});

test("work that cannot be done is no token", async () => {
  const { tokens, work, sent } = withDevice(given("t1"));
  work.solve.mockRejectedValueOnce(new Error("the worker did not load"));
  await expect(tokens.current()).rejects.toThrow("did not load");
  expect(sent()).toEqual([]);
  expect(await tokens.current()).toBe("t1");
});

test("a token that was prepared is there without another request, and a failure is tried again", async () => {
  const { tokens, request } = build();
  request.mockRejectedValueOnce(new TypeError("failed"));
  tokens.prepare();
  await expect(tokens.current()).rejects.toThrow("failed"); // it waits for the same request
  tokens.prepare();
  expect(await tokens.current()).toBe("t1");
  expect(request).toHaveBeenCalledTimes(2);
});

test("the token of a lost device is used until it expires, and then another visitor's", async () => {
  const refused = () => refusal("proof_refused");
  const { tokens, later, sent } = withDevice(
    given("t1"),
    refused(),
    refused(),
    refused(),
    refused(),
    given("t2"),
  );
  await tokens.current();
  later();
  expect(await tokens.current()).toBe("t1");
  tokens.expire();
  expect(await tokens.current()).toBe("t2");
  expect(sent().at(-1)?.device.signature).toBe("of ");
});

test("a banned visitor does not ask again without a proof", async () => {
  const { tokens, sent } = withDevice(refusal("banned"));
  await expect(tokens.current()).rejects.toMatchObject({ banned: true });
  expect(sent()).toHaveLength(1);
});
