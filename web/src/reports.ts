// Reports: sent at once, kept until the server has them in its database, and sent again after a reconnect.

import type { Line } from "./call-state";
import { type Problem, problemIn } from "./problem";
import type { Tokens } from "./tokens";
import { wellFormedJson } from "./well-formed";

export const REASONS = [
  "nudity",
  "minor",
  "harassment",
  "hate",
  "violence",
  "spam",
  "self_harm",
  "other",
] as const;
export type Reason = (typeof REASONS)[number];

export interface Report {
  pass: string;
  reason: Reason;
  note?: string;
  /** JPEG pictures of the stranger's video, base64. */
  frames?: string[];
  chat?: { from: "reporter" | "accused"; text: string }[];
}

/** "kept": not acknowledged yet, and sent again by `retry`. */
export type Outcome = "filed" | "kept" | Problem;

const KEY = "zufall.reports";
const CHAT_LINES = 20;
const KEPT = 20;

export function chatOf(lines: readonly Pick<Line, "from" | "text">[]): NonNullable<Report["chat"]> {
  return lines.slice(-CHAT_LINES).map(({ from, text }) => ({
    from: from === "me" ? "reporter" : "accused",
    text,
  }));
}

export class Reports {
  private waiting: Report[];
  private retrying = false;

  constructor(
    private readonly tokens: Pick<Tokens, "current">,
    private readonly store: Pick<Storage, "getItem" | "setItem">,
    private readonly request: typeof fetch = (...args) => fetch(...args),
  ) {
    this.waiting = JSON.parse(store.getItem(KEY) ?? "[]") as Report[];
  }

  async file(report: Report): Promise<Outcome> {
    this.keep([...this.waiting, report].slice(-KEPT));
    return this.send(report);
  }

  /** Sends again what no one has acknowledged. */
  async retry(): Promise<void> {
    if (this.retrying) return;
    this.retrying = true;
    try {
      for (const report of [...this.waiting]) if ((await this.send(report)) === "kept") return;
    } finally {
      this.retrying = false;
    }
  }

  private async send(report: Report): Promise<Outcome> {
    const outcome = await this.post(report);
    if (outcome !== "kept") this.keep(this.waiting.filter((kept) => kept !== report));
    return outcome;
  }

  private async post(report: Report): Promise<Outcome> {
    let response: Response;
    try {
      const headers = {
        authorization: `Bearer ${await this.tokens.current()}`,
        "content-type": "application/json",
      };
      response = await this.request("/api/reports", {
        method: "POST",
        headers,
        body: wellFormedJson(report),
      });
    } catch {
      return "kept"; // no network, or no token now: that is what keeping is for
    }
    if (response.ok) return "filed";
    return response.status >= 500 || response.status === 429 ? "kept" : problemIn(response);
  }

  /** Pictures stay in memory only: a shared computer must not keep a stranger's face. */
  private keep(reports: Report[]): void {
    this.waiting = reports;
    this.store.setItem(KEY, JSON.stringify(reports.map(({ frames: _, ...rest }) => rest)));
  }
}
