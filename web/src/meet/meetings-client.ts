// Asks a gateway for invitations, and who waits to meet the visitor again.

import type {
  AskedInvitation,
  InvitationState,
  MadeInvitation,
  MeetingsRequest,
  WaitingPartners,
} from "../http.generated";
import { readProblem } from "../problem-json";
import type { TokenStore } from "../signaling/token-store";

const TIMEOUT_MS = 15_000;
/** The gateway takes as many passes at a time. */
export const MOST_PASSES = 16;

/** Why there is no answer. `unknown`: the invitation is damaged, forged, or of another site. */
export type Refusal = "expired" | "unknown" | "failed";

export class MeetingsClient {
  constructor(
    private readonly tokens: Pick<TokenStore, "current">,
    private readonly request: typeof fetch = (...args) => fetch(...args),
  ) {}

  invite(asked: AskedInvitation): Promise<MadeInvitation | Refusal> {
    return this.ask<MadeInvitation>("/api/invitations", asked, this.tokens);
  }

  /** Returns what an invitation is for, and whether the host waits. */
  check(invitation: string): Promise<InvitationState | Refusal> {
    return this.ask<InvitationState>("/api/invitations/check", { invitation });
  }

  /** Returns the matches whose partners wait now. */
  async waiting(passes: readonly string[]): Promise<string[]> {
    if (passes.length === 0) return [];
    const asked: MeetingsRequest = { passes: passes.slice(0, MOST_PASSES) };
    const answer = await this.ask<WaitingPartners>("/api/meetings", asked, this.tokens);
    return typeof answer === "string" || !Array.isArray(answer.waiting) ? [] : answer.waiting;
  }

  private async ask<Answer extends object>(
    path: string,
    asked: object,
    tokens?: Pick<TokenStore, "current">,
  ): Promise<Answer | Refusal> {
    try {
      const response = await this.request(path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(tokens && { authorization: `Bearer ${await tokens.current()}` }),
        },
        body: JSON.stringify(asked),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return response.ok ? await response.json() : refusalOf((await readProblem(response)).code);
    } catch {
      return "failed"; // no network, no token, or something else answered
    }
  }
}

function refusalOf(code: string): Refusal {
  if (code === "too_late") return "expired";
  return code === "meeting_refused" || code === "invalid_request" ? "unknown" : "failed";
}
