// The token of this visitor: fetched once for each tab, stored for the tab, and renewed before it expires.

import type { Challenge, TokenRequest } from "../http.generated";
import { type Problem, readProblem } from "../problem-json";
import { parseObject } from "../storage/json-guards";
import type { Device } from "./device";
import type { ProofOfWork } from "./proof-of-work";

const STORAGE_KEY = "zufall.token";
/** Renewed this long before it expires, so that no call ends because of it. */
const EARLY = 5 * 60_000;
const TIMEOUT_MS = 15_000;
/** The error codes after which another challenge may help: this one was too old, or the network has changed. */
const OUTDATED = ["challenge_refused", "work_refused"];
/** The error codes of gateways that refuse the proof of a device. The last one is that of older gateways. */
const UNPROVEN = ["proof_refused", "invalid_request"];
/** A token that lasts this long is not renewed only to last a day. */
const NEARLY_A_DAY = 23 * 3_600_000;

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
  prepare(): void {
    this.current().catch(() => {});
  }

  /** Returns a token that is valid for some minutes. Throws `TokenRefused`, or what `fetch` throws. */
  async current(): Promise<string> {
    const kept = this.stored();
    return kept && kept.expires - EARLY > this.now() ? kept.token : this.renewed(kept);
  }

  /**
   * Returns the stored token, renewed to last nearly a day if possible. Returns undefined if there is none.
   */
  async lastingADay(): Promise<StoredToken | undefined> {
    const kept = this.stored();
    if (kept && kept.expires - NEARLY_A_DAY < this.now()) await this.renewed(kept).catch(() => {});
    return this.stored();
  }

  /** Returns the stored token if it is still valid. */
  stored(): StoredToken | undefined {
    const kept = parseObject(this.storage.getItem(STORAGE_KEY)) as StoredToken | undefined;
    return kept && kept.expires > this.now() ? kept : undefined;
  }

  forget(): void {
    this.storage.removeItem(STORAGE_KEY);
  }

  private renewed(kept: StoredToken | undefined): Promise<string> {
    this.pending ??= this.renew(kept?.token).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /**
   * Renews the token. A token that is still `good` keeps the visitor. Otherwise this creates a new visitor.
   */
  private async renew(good?: string): Promise<string> {
    const response = await this.ask(good);
    if (response.ok) return this.keep(await response.json());
    if (!good) throw new TokenRefused(await readProblem(response));
    if (response.status !== 401) return good; // if the visitor is banned, the socket says by which rule
    this.forget();
    return this.renew();
  }

  /** Asks with all proofs, and once more, if necessary without that of the device, if one is refused. */
  private async ask(good?: string): Promise<Response> {
    const response = await this.attempt(good, this.device);
    if (response.ok) return response;
    const { code } = await readProblem(response.clone());
    if (OUTDATED.includes(code)) return this.attempt(good, this.device);
    return UNPROVEN.includes(code) && this.device ? this.attempt(good) : response;
  }

  /** Gets a challenge, does the work for it, and asks for the token. Returns the first answer that is not good. */
  private async attempt(good?: string, device?: Pick<Device, "prove">): Promise<Response> {
    const asked = await this.send("/api/challenge", good);
    if (!asked.ok) return asked;
    const { challenge, work } = (await asked.json()) as Challenge;
    const [proof, solved] = await Promise.all([
      device?.prove(challenge, good),
      work && this.work?.solve(work),
    ]);
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
    const kept: StoredToken = { token, expires: this.now() + expires_in * 1000 };
    this.storage.setItem(STORAGE_KEY, JSON.stringify(kept));
    return token;
  }
}

/** Returns the visitor of a token, or undefined if it cannot be read. */
export function visitorOf(token: string | undefined): string | undefined {
  try {
    const [, claims = ""] = token?.split(".") ?? [];
    return JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))).sub;
  } catch {
    return undefined; // the token has a newer format
  }
}
