// Reports: kept until the server has them in its database, and sent until then, for a day at most.

import type { Line } from "../core/call/state";
import { wellFormedJson } from "../core/text/well-formed";
import { type Problem, readProblem } from "../problem-json";
import type { StoredToken, TokenStore } from "../signaling/token-store";
import type { KeyValueStore } from "../storage/key-value-store";
import { DAY_MS, LINES_KEPT } from "./recent-partners";

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
  /** It comes from the check on this device, not from a person; then it brings nothing else. */
  flag?: boolean;
}

export interface PendingReport {
  /** The match that it is about: there is one report of each. */
  id: string;
  report: Report;
  /** Whose report it is; any tab sends it in their name. */
  credential?: StoredToken | undefined;
  /** Milliseconds of the wall clock. */
  at: number;
}

/** "kept": not acknowledged yet, and sent again. "late": nobody took it while it could be taken. */
export type ReportOutcome = "filed" | "kept" | "late" | Problem;

const FIRST_MS = 4_000;
const LONGEST_MS = 5 * 60_000;
/** More than a gateway waits for its reports service. */
const PATIENCE_MS = 30_000;
const BUSY = new Set([408, 425, 429]);

export function chatOf(lines: readonly Pick<Line, "from" | "text">[]): NonNullable<Report["chat"]> {
  return lines.slice(-LINES_KEPT).map(({ from, text }) => ({
    from: from === "me" ? "reporter" : "accused",
    text,
  }));
}

/** Full jitter, growing to five minutes: so long is waited after the `attempt`-th round (from 0) in vain. */
export function waitAfter(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}

export interface ReportOutboxParts {
  store: KeyValueStore<PendingReport>;
  tokens: Pick<TokenStore, "current">;
  /** What became of a report that had been kept. */
  told: (id: string, outcome: ReportOutcome) => void;
  /** Does `work` unless another tab does it just now. */
  alone: (work: () => Promise<void>) => Promise<void>;
  request?: typeof fetch;
  now?: () => number;
  random?: () => number;
}

export class ReportOutbox {
  private readonly sending = new Set<string>();
  private retrying = false;
  private attempt = 0;
  private notBefore = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly request: typeof fetch;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(private readonly parts: ReportOutboxParts) {
    this.request = parts.request ?? ((...args) => fetch(...args));
    this.now = parts.now ?? Date.now;
    this.random = parts.random ?? Math.random;
  }

  async file(id: string, report: Report, credential: StoredToken | undefined): Promise<ReportOutcome> {
    const kept: PendingReport = { id, report, credential, at: this.now() };
    await this.parts.store.put(id, kept);
    const outcome = await this.send(kept);
    if (outcome === "kept") this.plan();
    return outcome;
  }

  /** Tells of what the check on this device takes a stranger's picture for: once, for it counts for little. */
  async flag(pass: string): Promise<void> {
    try {
      const answer = await this.ask(
        { pass, reason: "nudity", flag: true },
        await this.parts.tokens.current(),
      );
      if (answer.status !== 201) console.info("a flag was not taken:", answer.status);
    } catch (error) {
      console.info("a flag was not sent:", (error as Error).name);
    }
  }

  /** The matches whose reports are not acknowledged yet. */
  async waiting(): Promise<string[]> {
    return (await this.parts.store.all()).map(({ id }) => id);
  }

  /** Sends again what no one has acknowledged, of any tab, and goes on with that until nothing is left. */
  async retry(): Promise<void> {
    if (this.retrying) return;
    this.retrying = true;
    clearTimeout(this.timer);
    try {
      await this.parts.alone(() => this.sendAll());
      if ((await this.waiting()).length > 0) this.plan();
      else this.attempt = 0;
    } finally {
      this.retrying = false;
    }
  }

  /** What one cannot get through must not hold up the others for ever, so each round begins elsewhere. */
  private async sendAll(): Promise<void> {
    const all = await this.parts.store.all();
    const from = Math.floor(this.random() * all.length);
    for (const kept of [...all.slice(from), ...all.slice(0, from)]) {
      if (this.sending.has(kept.id)) continue;
      const outcome = this.isLate(kept) ? await this.drop(kept) : await this.send(kept);
      if (outcome === "kept") return;
      this.parts.told(kept.id, isTooOld(outcome) ? "late" : outcome);
    }
  }

  private isLate({ at }: PendingReport): boolean {
    return this.now() - at > DAY_MS;
  }

  private async drop({ id }: PendingReport): Promise<ReportOutcome> {
    await this.parts.store.remove(id);
    return "late";
  }

  private plan(): void {
    clearTimeout(this.timer);
    const wait = Math.max(waitAfter(this.attempt++, this.random), this.notBefore - this.now());
    this.timer = setTimeout(() => void this.retry(), wait);
  }

  private async send(kept: PendingReport): Promise<ReportOutcome> {
    this.sending.add(kept.id);
    try {
      const outcome = await this.post(kept);
      if (outcome !== "kept") await this.parts.store.remove(kept.id);
      return outcome;
    } finally {
      this.sending.delete(kept.id);
    }
  }

  private async post(kept: PendingReport): Promise<ReportOutcome> {
    let response: Response;
    try {
      response = await this.ask(kept.report, await this.tokenOf(kept));
    } catch {
      return "kept"; // no network, or no token now: that is what keeping is for
    }
    return response.status === 201 ? "filed" : this.refused(kept, response);
  }

  private ask(report: Report, token: string): Promise<Response> {
    return this.request("/api/reports", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: wellFormedJson(report),
      signal: AbortSignal.timeout(PATIENCE_MS), // else every later one would wait for this one
    });
  }

  /** The present one of this tab if the one that goes with the report is over: most likely it is the same visitor's. */
  private async tokenOf({ credential }: PendingReport): Promise<string> {
    return credential && credential.expires > this.now() ? credential.token : this.parts.tokens.current();
  }

  private async refused(kept: PendingReport, response: Response): Promise<ReportOutcome> {
    const problem = await readProblem(response);
    this.notBefore = this.now() + problem.retryAfter * 1000;
    const { frames, ...rest } = kept.report;
    const picturesRefused = problem.status === 413 || problem.code === "evidence_refused";
    if (frames && picturesRefused) return this.post({ ...kept, report: rest });
    // What is not from Zufall has decided nothing: a proxy is in trouble, or wants somebody to log in.
    return problem.status >= 500 || BUSY.has(problem.status) || problem.code === "unknown" ? "kept" : problem;
  }
}

/** A pass was good when its report was made, so what made it bad since is its age. */
function isTooOld(outcome: ReportOutcome): boolean {
  return typeof outcome === "object" && outcome.code === "pass_refused";
}
