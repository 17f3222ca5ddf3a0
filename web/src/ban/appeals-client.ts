// Sends appeals against bans. They need only the token in the notice of the ban, not a visitor token.

import { wellFormedJson } from "../core/text/well-formed";
import { APPEAL_STATES, type AppealStatus, type FiledAppeal } from "../http.generated";
import type { Banned } from "../messages.generated";
import { readProblem } from "../problem-json";

const TIMEOUT_MS = 15_000;
export const APPEAL_LENGTH = 2_000;

/** The state of an appeal and of the decision behind it. The answer to `send` has only the state. */
export type Appeal = FiledAppeal & Partial<Omit<AppealStatus, "state">>;

/**
 * "late": six months have passed. "refused": the token is not valid for an appeal. "unreached": no answer
 * came.
 */
export type Answer = Appeal | "late" | "refused" | "unreached";

export class AppealsClient {
  constructor(private readonly request: typeof fetch = (...args) => fetch(...args)) {}

  /** Fetches the state of the appeal, and the reasons of the decision in the language of the page. */
  fetch(appeal: string, language: string): Promise<Answer> {
    return this.ask(`/api/appeals?language=${language}`, { headers: { authorization: `Bearer ${appeal}` } });
  }

  /** Sends the appeal. It is safe to send it again if no answer came. */
  send(appeal: string, text: string): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    return this.ask("/api/appeals", { method: "POST", headers, body: wellFormedJson({ appeal, text }) });
  }

  /** Returns whether the visitor with this token is certainly no longer banned. */
  async isLifted(token: string): Promise<boolean> {
    try {
      const response = await this.request("/api/standing", { headers: { authorization: `Bearer ${token}` } });
      return response.ok && (await response.json()).level !== "banned";
    } catch {
      return false; // without an answer, nothing is certain
    }
  }

  private async ask(url: string, init: RequestInit): Promise<Answer> {
    try {
      const response = await this.request(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return response.ok ? appealIn(await response.json()) : await refusalIn(response);
    } catch {
      return "unreached"; // no network, no gateway, or something else answered
    }
  }
}

/** What a ban and the answer about it say of the reasons. */
export interface ExplainedBan extends Banned {
  /** The language of the reason, and what a moderator typed beside it. They come with the answer. */
  statement?: Pick<Partial<AppealStatus>, "reason_language" | "addition" | "addition_language">;
}

/** Returns the notice with the newest facts about the decision. */
export function withFacts<Notice extends ExplainedBan>(notice: Notice, appeal: Appeal): Notice {
  if (appeal.decided === undefined) return notice;
  const { reason: _, evidence: __, until: ___, statement: ____, ...rest } = notice;
  const { rule = notice.rule, automated = notice.automated, reason, evidence, until } = appeal;
  const { reason_language, addition, addition_language } = appeal;
  return {
    ...rest,
    rule,
    automated,
    ...(reason ? { reason } : {}),
    ...(reason_language || addition ? { statement: { reason_language, addition, addition_language } } : {}),
    ...(evidence ? { evidence } : {}),
    ...(until ? { until } : {}),
  } as Notice;
}

function appealIn(answer: Appeal): Answer {
  return APPEAL_STATES.includes(answer.state) ? answer : "unreached";
}

async function refusalIn(response: Response): Promise<Answer> {
  const { code } = await readProblem(response);
  if (code === "too_late") return "late";
  return code === "pass_refused" ? "refused" : "unreached";
}
