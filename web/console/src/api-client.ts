// Calls the console's API. A failed call throws an `ApiError` with a sentence that can be shown as it is.

import { wellFormedJson } from "../../src/core/text/well-formed";
import { readProblem } from "../../src/problem-json";
import type { Session } from "./api.generated";
import { formatSpan } from "./format-time";
import { asSentence } from "./text";
import { isKey, say } from "./words";

const BASE = "/console/api";
/** Time limit of a call: a replay of a year of cases takes long. */
const TIMEOUT_MS = 120_000;

export class ApiError extends Error {
  constructor(
    readonly code: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

export interface Download {
  blob: Blob;
  name: string;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

export class ApiClient {
  /** Shows the login and resolves when somebody has logged in. The app sets it. */
  onLoggedOut: (() => Promise<void>) | undefined;

  /** Asks for a code again and returns whether there was one. The app sets it. */
  onConfirmationNeeded: (() => Promise<boolean>) | undefined;

  /** Runs when a picture was opened. The app sets it. */
  onPictureOpened: (() => void) | undefined;

  constructor(private readonly fetch: typeof globalThis.fetch) {}

  async get<T>(path: string): Promise<T> {
    return (await (await this.getOnceLoggedIn(path)).json()) as T;
  }

  /** Returns the current session, if there is one. It does not ask anybody to log in. */
  async currentSession(): Promise<Session | undefined> {
    const response = await this.request("GET", "/session");
    return response.ok ? ((await response.json()) as Session) : undefined;
  }

  /** Reads a path, and does not ask anybody to log in. */
  async peek<T>(path: string): Promise<T> {
    const response = await this.request("GET", path);
    if (!response.ok) throw await errorFrom(response);
    return (await response.json()) as T;
  }

  /** Sends a change and returns the JSON of the response, or undefined if it has none. */
  async send<T>(method: Exclude<Method, "GET">, path: string, body: object = {}): Promise<T> {
    const response = await this.request(method, path, body);
    if (response.status === 401 && this.onLoggedOut) {
      const refusal = await errorFrom(response);
      if (refusal.code !== "not_logged_in") throw refusal;
      void this.onLoggedOut();
      throw new ApiError("not_logged_in", say("error_logged_out"));
    }
    if (!response.ok) throw await errorFrom(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async download(path: string, otherwise: string): Promise<Download> {
    const response = await this.getOnceLoggedIn(path);
    if (path.includes("/frames/")) this.onPictureOpened?.();
    const said = response.headers.get("content-disposition") ?? "";
    return { blob: await response.blob(), name: /filename="?([\w.-]+)"?/.exec(said)?.[1] ?? otherwise };
  }

  /** Reads a path. If nobody is logged in, it waits for the login and reads again. */
  private async getOnceLoggedIn(path: string): Promise<Response> {
    let response = await this.request("GET", path);
    while (response.status === 401 && this.onLoggedOut) {
      await this.onLoggedOut();
      response = await this.request("GET", path);
    }
    if (!response.ok) throw await errorFrom(response);
    return response;
  }

  /** Sends a request, and sends it again if it needed a code and there was one. */
  private async request(method: Method, path: string, body?: object): Promise<Response> {
    const response = await this.requestOnce(method, path, body);
    if (response.status !== 403 || !this.onConfirmationNeeded) return response;
    const { code } = await readProblem(response.clone());
    if (code !== "confirmation_needed" || !(await this.onConfirmationNeeded())) return response;
    return this.requestOnce(method, path, body);
  }

  private async requestOnce(method: Method, path: string, body?: object): Promise<Response> {
    const init: RequestInit = { method, signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" };
    if (body) {
      init.body = wellFormedJson(body);
      init.headers = { "Content-Type": "application/json" };
    }
    try {
      return await this.fetch(BASE + path, init);
    } catch {
      throw new ApiError("unreached", say("error_unreached")); // no network, no service, or no response in time
    }
  }
}

/** Returns our sentence for the code of the error, which may contain the service's, or one of ours if a proxy answered. */
export async function errorFrom(response: Response): Promise<ApiError> {
  const { status, code, detail, retryAfter } = await readProblem(response);
  const values = { status, detail: asSentence(detail), time: formatSpan(retryAfter) };
  const key = `error_${code}`;
  const said = isKey(key) ? say(key, values).trim() : values.detail;
  return new ApiError(code, said || say("error_unknown", values));
}

/** Builds a path and escapes each value, so that a value that a stranger chose stays one path segment. */
export function pathOf(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));
}
