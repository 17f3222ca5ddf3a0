import { describe, expect, test, vi } from "vitest";
import { ApiClient, ApiError, pathOf } from "../../console/src/api-client";

function problem(status: number, code: string, detail = "", headers: Record<string, string> = {}): Response {
  const all = { "content-type": "application/problem+json", ...headers };
  return new Response(JSON.stringify({ status, code, detail }), { status, headers: all });
}

function api(...answers: (Response | Error)[]) {
  const request = vi.fn<typeof fetch>(async () => {
    const next = answers.shift();
    if (!next || next instanceof Error) throw next;
    return next;
  });
  return { api: new ApiClient(request), request };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error: ApiError) => error,
  );

describe("requests", () => {
  test("every request but GET carries JSON, even without content", async () => {
    const { api: to, request } = api(new Response(null, { status: 204 }));
    expect(await to.send("DELETE", "/session")).toBeUndefined();
    const [url, init] = request.mock.calls[0] ?? [];
    expect([url, init?.method, init?.body]).toEqual(["/console/api/session", "DELETE", "{}"]);
    expect(new Headers(init?.headers).get("content-type")).toBe("application/json");
  });

  test("a broken emoji does not prevent a decision from being sent", async () => {
    const { api: to, request } = api(Response.json({}));
    await to.send("POST", "/x", { reason: "ok \ud83d" });
    expect(request.mock.calls[0]?.[1]?.body).toBe('{"reason":"ok \ufffd"}');
  });

  test("an id stays one path segment", () => {
    expect(pathOf`/cases/${"../session?x#"}/decision`).toBe("/cases/..%2Fsession%3Fx%23/decision");
  });

  test("a file gets the name that the service gives it, without a folder", async () => {
    const headers = { "content-disposition": 'attachment; filename="case-1.zip"' };
    const { api: to } = api(new Response("zip", { headers }), new Response("zip"));
    expect((await to.download("/x", "other.zip")).name).toBe("case-1.zip");
    expect((await to.download("/x", "other.zip")).name).toBe("other.zip");
  });
});

describe("a call that needs a code", () => {
  const refused = () => problem(403, "confirmation_needed", "enter the code of your authenticator again");

  test("is sent again, as it was, once a code was given", async () => {
    const { api: to, request } = api(refused(), Response.json({ name: "bob" }));
    to.onConfirmationNeeded = async () => true;
    expect(await to.send("PATCH", "/accounts/bob", { role: "viewer" })).toEqual({ name: "bob" });
    expect(request.mock.calls[1]).toEqual([
      request.mock.calls[0]?.[0],
      expect.objectContaining({ body: '{"role":"viewer"}' }),
    ]);
  });

  test("fails if no code was given", async () => {
    const { api: to, request } = api(refused());
    to.onConfirmationNeeded = async () => false;
    const error = await failure(to.download("/cases/a/export", "case.zip"));
    expect([error.code, request.mock.calls.length]).toEqual(["confirmation_needed", 1]);
    expect(error.message).toBe("Enter the code of your authenticator again.");
  });

  test("is the only one that asks for a code", async () => {
    const { api: to } = api(problem(403, "permission_refused", "this is for admins"));
    to.onConfirmationNeeded = () => expect.unreachable();
    expect((await failure(to.get("/accounts"))).code).toBe("permission_refused");
  });
});

describe("a failed call has a sentence", () => {
  test.each([
    [
      problem(409, "conflict", "Ann was faster."),
      "conflict",
      "Something has changed in the meantime. Ann was faster.",
    ],
    [
      problem(403, "permission_refused", "That is for a senior."),
      "permission_refused",
      "That is for a senior.",
    ],
    [
      problem(429, "locked", "", { "retry-after": "540" }),
      "locked",
      "Too many attempts. Try again in 9 minutes.",
    ],
    [
      problem(429, "too_fast", "", { "retry-after": "120" }),
      "too_fast",
      "Too many attempts. Try again in 2 minutes.",
    ],
    [problem(401, "login_refused", "the code is wrong"), "login_refused", "The code is wrong."],
    [
      new Response("<html>", { status: 502 }),
      "unknown",
      "The service answered with an error (502). Please try again.",
    ],
    [
      new TypeError("no network"),
      "unreached",
      "The service cannot be reached. Nothing was lost. Please try again.",
    ],
  ])("%#", async (answer, code, sentence) => {
    const { api: to } = api(answer);
    const refusal = await failure(to.send("POST", "/x"));
    expect(refusal).toBeInstanceOf(ApiError);
    expect([refusal.code, refusal.message]).toEqual([code, sentence]);
  });
});

describe("an ended session", () => {
  test("a read is repeated after the login", async () => {
    const { api: to, request } = api(problem(401, "not_logged_in"), Response.json({ name: "ann" }));
    const login = vi.fn(async () => {});
    to.onLoggedOut = login;
    expect(await to.get("/session")).toEqual({ name: "ann" });
    expect([login.mock.calls.length, request.mock.calls.length]).toEqual([1, 2]);
  });

  test("a change is not sent again by itself", async () => {
    const { api: to, request } = api(problem(401, "not_logged_in"));
    const login = vi.fn(async () => {});
    to.onLoggedOut = login;
    expect((await failure(to.send("POST", "/cases/1/decision"))).code).toBe("not_logged_in");
    expect([login.mock.calls.length, request.mock.calls.length]).toEqual([1, 1]);
  });

  test("a wrong password while logging in again asks for no further login", async () => {
    const { api: to } = api(problem(401, "login_refused"));
    const login = vi.fn(async () => {});
    to.onLoggedOut = login;
    expect((await failure(to.send("POST", "/session"))).code).toBe("login_refused");
    expect(login).not.toHaveBeenCalled();
  });

  test("before the first login a 401 is an ordinary error", async () => {
    const { api: to } = api(problem(401, "not_logged_in", "Log in first."));
    expect((await failure(to.get("/session"))).code).toBe("not_logged_in");
  });
});
