// The token of this visitor: fetched once for each tab, stored for the tab, and renewed in time.

import type { Challenge, TokenRequest } from "../http.generated";
import { type Problem, readProblem } from "../problem-json";
import { parseObject } from "../storage/json-guards";
import type { Device } from "./device";
import type { ProofOfWork } from "./proof-of-work";

const STORAGE_KEY = "zufall.token";
/** What expires sooner is renewed before it is used. */
const EARLY = 5 * 60_000;
const TIMEOUT_MS = 15_000;
/** The error codes after which another challenge may help: this one was too old, or the network has changed. */
const OUTDATED = ["challenge_refused", "work_refused"];
/** The error codes of gateways that refuse the proof of a device. The last one is that of older gateways. */
const UNPROVEN = ["proof_refused", "invalid_request"];

export interface StoredToken {
  token: string;
  /** Wall clock in milliseconds. */
  expires: number;
}

/** The answer of the gateway. */
interface Session {
  token: string;
  /** Seconds. */
  expires_in: number;
  device?: { voucher: string };
}

/** The gateway gave no token. `retryAfter` is in seconds. */
export class TokenRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get banned(): boolean {
    return this.problem.code === "banned";
  }

  get retryAfter(): number {
    return this.problem.retryAfter;
  }
}

export class TokenStore {
  private pending: Promise<string> | undefined;

  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly now: () => number = Date.now,
    private readonly request: typeof fetch = (...args) => fetch(...args),
    private readonly device?: Pick<Device, "prove" | "remember">,
    private readonly work?: Pick<ProofOfWork, "solve">,
  ) {}

  /** Fetches a token before it is needed, for it may take some work. If that fails, `current` tries again. */
  prepare(early = EARLY): void {
    this.current(early).catch(() => {});
  }

  /** Returns a token that is valid for `early` ms. Throws `TokenRefused`, or what `fetch` throws. */
  async current(early = EARLY): Promise<string> {
    const kept = this.stored();
    return kept && kept.expires - early > this.now() ? kept.token : this.renewed(kept);
  }

  /**
   * Returns the stored token. It may have expired while the device slept, but for a day it still reports
   * strangers, and says how its visitor stands.
   */
  stored(): StoredToken | undefined {
    return parseObject(this.storage.getItem(STORAGE_KEY)) as StoredToken | undefined;
  }

  /** A gateway refused the token, so it is renewed before its next use. */
  expire(): void {
    this.store(this.stored()?.token ?? "", 0);
  }

  /** Deletes the token, so that the next one is a new visitor's. */
  forget(): void {
    this.storage.removeItem(STORAGE_KEY);
  }

  private renewed(kept: StoredToken | undefined): Promise<string> {
    this.pending ??= this.renew(kept).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /**
   * Renews the `former` token, which keeps the visitor. Gateways renew an expired one only with the key of its
   * device. If that cannot be, this creates a new visitor.
   */
  private async renew(former?: StoredToken): Promise<string> {
    const response = await this.ask(former?.token);
    if (response.ok) return this.keep(await response.json());
    const problem = await readProblem(response);
    const { token, expires } = former ?? { expires: 0 };
    const valid = expires > this.now();
    if (token && (problem.status === 401 || (!valid && problem.code === "proof_refused"))) {
      this.forget();
      return this.renew();
    }
    if (token && valid) return token; // if the visitor is banned, the socket says by which rule
    throw new TokenRefused(problem);
  }

  /** Asks with all proofs, and once more, if necessary without that of the device, if one is refused. */
  private async ask(good?: string): Promise<Response> {
    const response = await this.attempt(good, this.device);
    if (response.ok) return response;
    const { code } = await readProblem(response.clone());
    if (OUTDATED.includes(code)) return this.attempt(good, this.device);
    return UNPROVEN.includes(code) && this.device ? this.attempt(good) : response;
  }

  /**
   * Gets a challenge, does the work for it, and asks for the token. Returns the first answer that is not good.
   * Without a proof of the device, the work is harder.
   */
  private async attempt(good?: string, device?: Pick<Device, "prove">): Promise<Response> {
    const asked = await this.send(`/api/challenge${device ? "?device=yes" : ""}`, good);
    if (!asked.ok) return asked;
    const { challenge, work } = (await asked.json()) as Challenge;
    const proof = await device?.prove(challenge, good);
    if (device && !proof) return this.attempt(good); // this takes more work
    const solved = work && (await this.work?.solve(work));
    return this.send("/api/session", good, {
      ...(proof && { device: proof }),
      ...(solved && { work: solved }),
    });
  }

  private send(path: string, good?: string, body?: TokenRequest): Promise<Response> {
    const headers = { "content-type": "application/json", ...(good && { authorization: `Bearer ${good}` }) };
    const signal = AbortSignal.timeout(TIMEOUT_MS); // otherwise every later try would wait for this one
    return this.request(path, {
      headers,
      signal,
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
  }

  private keep({ token, expires_in, device }: Session): string {
    if (device) void this.device?.remember(device.voucher);
    this.store(token, this.now() + expires_in * 1000);
    return token;
  }

  private store(token: string, expires: number): void {
    const kept: StoredToken = { token, expires };
    this.storage.setItem(STORAGE_KEY, JSON.stringify(kept));
  }
}

/** Returns the visitor of a token, or undefined if it cannot be read. */
export function visitorOf(token: string | undefined): string | undefined {
  return claimOf(token, "sub");
}

/** Returns what a token says under this name, or undefined if it says nothing or cannot be read. */
export function claimOf(token: string | undefined, name: string): string | undefined {
  try {
    const [, claims = ""] = token?.split(".") ?? [];
    return JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")))[name];
  } catch {
    return undefined; // the token has a newer format
  }
}
