// An `application/problem+json` answer: a stable code for programs and a sentence for people.

import type { Banned } from "./messages.generated";

export interface Problem {
  status: number;
  code: string;
  detail: string;
  /** The reasons for a ban, with the code "banned". */
  ban?: Banned;
  /** Seconds, or 0 if the server gave none. */
  retryAfter: number;
}

/** Reads the problem in an answer, even if a proxy sent something else. */
export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get("retry-after")) || 0;
  const said = response.headers.get("content-type")?.includes("json") ? parsed(text) : {};
  return { code: "unknown", detail: "", ...said, status: response.status, retryAfter };
}

function parsed(text: string): Partial<Problem> {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // the body is not JSON, so only the status is known
  }
}
