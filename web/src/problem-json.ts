// An `application/problem+json` answer: a stable code for programs, a sentence for people.

export interface Problem {
  status: number;
  code: string;
  detail: string;
  /** Seconds; 0 if the server did not say. */
  retryAfter: number;
}

/** What went wrong, even if a proxy on the way answered with something else. */
export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get("retry-after")) || 0;
  const said = response.headers.get("content-type")?.includes("json") ? parsed(text) : {};
  return { status: response.status, code: said.code ?? "unknown", detail: said.detail ?? "", retryAfter };
}

function parsed(text: string): { code?: string; detail?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // announced as JSON and is not: the status has to do
  }
}
