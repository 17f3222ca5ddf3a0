// Keeps reports until the server has stored them, and sends them again for up to a day.

import type { Line } from "../core/call/state";
import { wellFormedJson } from "../core/text/well-formed";
import type { FiledReport, ReportRequest } from "../http.generated";
import { type Problem, readProblem } from "../problem-json";
import type { StoredToken, TokenStore } from "../signaling/token-store";
import type { KeyValueStore } from "../storage/key-value-store";
import { DAY_MS, LINES_KEPT } from "./recent-partners";

export interface PendingReport {
  /** The match that the report is about. Each match has at most one report. */
  id: string;
  report: ReportRequest;
  /** The owner of the report. Any tab may send it. */
  credential?: StoredToken | undefined;
  /** Wall clock in milliseconds. */
  at: number;
}

/** "kept": not acknowledged, and sent again later. "late": it could not be delivered in time. */
export type ReportOutcome = "filed" | "kept" | "late" | Problem;

const FIRST_MS = 4_000;
const LONGEST_MS = 5 * 60_000;
/** Longer than a gateway waits for the reports service. */
const TIMEOUT_MS = 30_000;
const BUSY = new Set([408, 425, 429]);

export function chatOf(lines: readonly Pick<Line, "from" | "text">[]): NonNullable<ReportRequest["chat"]> {
  return lines.slice(-LINES_KEPT).map(({ from, text }) => ({
    from: from === "me" ? "reporter" : "accused",
    text,
  }));
}

/** Full jitter, growing to five minutes: the wait after failed round `attempt`, from 0. */
export function waitAfter(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}

export interface ReportOutboxParts {
  store: KeyValueStore<PendingReport>;
  tokens: Pick<TokenStore, "current">;
  /** Reports the result of an earlier report. */
  onSettled: (id: string, outcome: ReportOutcome) => void;
  /** Gets the answer of the server that has stored a report. */
  onFiled?: (answer: FiledReport) => void;
  /** Runs `work` unless another tab is doing so. */
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

  /** Stores the report, and sends it with the `fresh` pass once that is known, or with its own. */
  async file(
    id: string,
    report: ReportRequest,
    credential: StoredToken | undefined,
    fresh?: Promise<string | undefined>,
  ): Promise<ReportOutcome> {
    let kept: PendingReport = { id, report, credential, at: this.now() };
    this.sending.add(id); // nobody sends it before
    await this.parts.store.put(id, kept);
    const pass = await fresh;
    if (pass) {
      kept = { ...kept, report: { ...report, pass } };
      await this.parts.store.put(id, kept);
    }
    const outcome = await this.send(kept);
    if (outcome === "kept") this.plan();
    return outcome;
  }

  /** Files what the page noticed by itself. It is sent once only, because it counts for little. */
  async flag(pass: string, reason: "nudity" | "spam"): Promise<void> {
    try {
      const answer = await this.ask({ pass, reason, flag: true }, await this.parts.tokens.current());
      if (answer.status !== 201) console.info("A flag was refused with status", answer.status);
      await answer.text(); // the timeout aborts an answer whose body nobody has read
    } catch (error) {
      console.info("A flag could not be sent:", (error as Error).name);
    }
  }

  /** Returns the matches whose reports are not acknowledged. */
  async waiting(): Promise<string[]> {
    return (await this.parts.store.all()).map(({ id }) => id);
  }

  /** Sends all unacknowledged reports of all tabs, and plans more rounds until none is left. */
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

  /** Begins each round at a random report, so that a failing one does not hold up the others forever. */
  private async sendAll(): Promise<void> {
    const all = await this.parts.store.all();
    const from = Math.floor(this.random() * all.length);
    for (const kept of [...all.slice(from), ...all.slice(0, from)]) {
      if (this.sending.has(kept.id)) continue;
      const outcome = this.isLate(kept) ? await this.drop(kept) : await this.send(kept);
      if (outcome === "kept") return;
      this.parts.onSettled(kept.id, isTooOld(outcome) ? "late" : outcome);
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
    try {
      const response = await this.ask(kept.report, await this.tokenOf(kept));
      if (response.status !== 201) return await this.refused(kept, response);
      const answer = (await response.json()) as FiledReport; // read in any case, as in `flag`
      this.parts.onFiled?.(answer);
      return "filed";
    } catch {
      return "kept"; // no network, no token or half an answer, so the report is kept
    }
  }

  private ask(report: ReportRequest, token: string): Promise<Response> {
    return this.request("/api/reports", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: wellFormedJson(report),
      signal: AbortSignal.timeout(TIMEOUT_MS), // otherwise every later report would wait for this one
    });
  }

  /** Returns the token of the report, with which a gateway takes it for a day, even if it has expired. */
  private async tokenOf({ credential }: PendingReport): Promise<string> {
    return credential?.token ?? this.parts.tokens.current();
  }

  private async refused(kept: PendingReport, response: Response): Promise<ReportOutcome> {
    const problem = await readProblem(response);
    this.notBefore = this.now() + problem.retryAfter * 1000;
    const { frames, ...bare } = kept.report;
    const picturesRefused = problem.status === 413 || problem.code === "evidence_refused";
    if (frames && picturesRefused) return this.post({ ...kept, report: bare });
    const { call, ...older } = kept.report; // during an update a gateway may not know it yet
    if (call && problem.code === "invalid_request") return this.post({ ...kept, report: older });
    // An answer that is not from Zufall decides nothing. A proxy may have failed, or may want a login.
    return problem.status >= 500 || BUSY.has(problem.status) || problem.code === "unknown" ? "kept" : problem;
  }
}

/** Returns whether the pass has become too old. It was valid when the report was made. */
function isTooOld(outcome: ReportOutcome): boolean {
  return typeof outcome === "object" && outcome.code === "pass_refused";
}
