// Appeals against a ban. The token of its notice is all it takes, so they work without being a visitor.

import { wellFormedJson } from "../core/text/well-formed";
import type { Banned, Evidence } from "../messages.generated";
import { readProblem } from "../problem-json";

const STATES = ["none", "open", "upheld", "overturned"] as const;
const PATIENCE_MS = 15_000;
export const APPEAL_LENGTH = 2_000;

/** How an appeal stands, and what the decision was; after sending one, only the state is known. */
export interface Appeal {
  state: (typeof STATES)[number];
  answer?: string;
  rule?: string;
  reason?: string;
  evidence?: Evidence[];
  automated?: boolean;
  until?: string;
  /** When it was decided; says that the other facts are here, too. ISO. */
  decided?: string;
  appeal_until?: string;
}

/** "late": after six months. "refused": not a token that anybody could appeal with. "unreached": no answer. */
export type Answer = Appeal | "late" | "refused" | "unreached";

export class AppealsClient {
  constructor(private readonly request: typeof fetch = (...args) => fetch(...args)) {}

  /** How it stands. */
  look(appeal: string): Promise<Answer> {
    return this.ask("/api/appeals", { headers: { authorization: `Bearer ${appeal}` } });
  }

  /** Sent again it changes nothing, so whoever got no answer may do so. */
  send(appeal: string, text: string): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    return this.ask("/api/appeals", { method: "POST", headers, body: wellFormedJson({ appeal, text }) });
  }

  /** Whether the visitor of this token is surely not banned any more. */
  async isLifted(token: string): Promise<boolean> {
    try {
      const response = await this.request("/api/standing", { headers: { authorization: `Bearer ${token}` } });
      return response.ok && (await response.json()).level !== "banned";
    } catch {
      return false; // who cannot ask does not know
    }
  }

  private async ask(url: string, init: RequestInit): Promise<Answer> {
    try {
      const response = await this.request(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
      return response.ok ? appealIn(await response.json()) : await refusalIn(response);
    } catch {
      return "unreached"; // no network, no gateway, or not the answer of one
    }
  }
}

/** The notice with what is known by now about the decision. */
export function withFacts<Notice extends Banned>(notice: Notice, appeal: Appeal): Notice {
  if (appeal.decided === undefined) return notice;
  const { reason: _, evidence: __, until: ___, ...rest } = notice;
  const { rule = notice.rule, automated = notice.automated, reason, evidence, until } = appeal;
  return {
    ...rest,
    rule,
    automated,
    ...(reason ? { reason } : {}),
    ...(evidence ? { evidence } : {}),
    ...(until ? { until } : {}),
  } as Notice;
}

function appealIn(answer: Appeal): Answer {
  return STATES.includes(answer.state) ? answer : "unreached";
}

async function refusalIn(response: Response): Promise<Answer> {
  const { code } = await readProblem(response);
  if (code === "too_late") return "late";
  return code === "pass_refused" ? "refused" : "unreached";
}
