// Asks the console's API. What fails is a `Refusal` with a sentence that can be shown as it is.

import { wellFormedJson } from "../../src/core/text/well-formed";
import { problemIn } from "../../src/problem";
import { sentence } from "./text";
import { spanOf } from "./times";
import type { Who } from "./types";
import { say } from "./words";

const BASE = "/console/api";
/** A replay of a year of cases takes its time. */
const PATIENCE_MS = 120_000;

export class Refusal extends Error {
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

export class Api {
  /** Set by who shows the login; resolves when somebody has logged in. */
  loggedOut: (() => Promise<void>) | undefined;

  constructor(private readonly request: typeof fetch) {}

  async get<T>(path: string): Promise<T> {
    return (await (await this.patiently(path)).json()) as T;
  }

  /** Who is logged in, if anybody; asks nobody to log in. */
  async somebody(): Promise<Who | undefined> {
    const answer = await this.ask("GET", "/session");
    return answer.ok ? ((await answer.json()) as Who) : undefined;
  }

  /** Says an answer's JSON, or undefined when there is none. */
  async send<T>(method: Exclude<Method, "GET">, path: string, body: object = {}): Promise<T> {
    const answer = await this.ask(method, path, body);
    if (answer.status === 401 && this.loggedOut) {
      const refusal = await refusalIn(answer);
      if (refusal.code !== "not_logged_in") throw refusal;
      void this.loggedOut();
      throw new Refusal("not_logged_in", say("error_logged_out"));
    }
    if (!answer.ok) throw await refusalIn(answer);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  async file(path: string, otherwise: string): Promise<Download> {
    const answer = await this.patiently(path);
    const said = answer.headers.get("content-disposition") ?? "";
    return { blob: await answer.blob(), name: /filename="?([\w.-]+)"?/.exec(said)?.[1] ?? otherwise };
  }

  /** Reading changes nothing, so it is simply done again once somebody has logged in. */
  private async patiently(path: string): Promise<Response> {
    let answer = await this.ask("GET", path);
    while (answer.status === 401 && this.loggedOut) {
      await this.loggedOut();
      answer = await this.ask("GET", path);
    }
    if (!answer.ok) throw await refusalIn(answer);
    return answer;
  }

  private async ask(method: Method, path: string, body?: object): Promise<Response> {
    const init: RequestInit = { method, signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store" };
    if (body) {
      init.body = wellFormedJson(body);
      init.headers = { "Content-Type": "application/json" };
    }
    try {
      return await this.request(BASE + path, init);
    } catch {
      throw new Refusal("unreached", say("error_unreached")); // no network, no service, or no answer in time
    }
  }
}

/** The server's own sentence, or ours where a proxy on the way answered, or where ours says more. */
export async function refusalIn(response: Response): Promise<Refusal> {
  const { status, code, detail, retryAfter } = await problemIn(response);
  if (code === "locked" || code === "too_fast")
    return new Refusal(code, say("error_locked", { time: spanOf(retryAfter) }));
  const said = sentence(detail);
  if (code === "conflict") return new Refusal(code, say("error_conflict", { detail: said }).trim());
  return new Refusal(code, said || say("error_unknown", { status }));
}

/** `path` with the values in it; what a stranger chose cannot leave its place. */
export function pathOf(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));
}
