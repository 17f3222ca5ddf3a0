// The token of this visitor: fetched once for each tab, stored for the tab, and renewed before it expires.

import type { DeviceProof } from "../http.generated";
import { type Problem, readProblem } from "../problem-json";
import { parseObject } from "../storage/json-guards";
import type { Device } from "./device";

const STORAGE_KEY = "zufall.token";
/** Renewed this long before it expires, so that no call ends because of it. */
const EARLY = 5 * 60_000;
const TIMEOUT_MS = 15_000;
/** The error codes of gateways that refuse a proof. The last one is that of older gateways. */
const UNPROVEN = ["proof_refused", "challenge_refused", "invalid_request"];
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
  ) {}

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

  /** Asks with a proof of the device if there is one, and again without it if the gateway refuses it. */
  private async ask(good?: string): Promise<Response> {
    const device = await this.device?.prove(good);
    const response = await this.post(good, device);
    if (response.ok || !device) return response;
    const { code } = await readProblem(response.clone());
    return UNPROVEN.includes(code) ? this.post(good) : response;
  }

  private post(good?: string, device?: DeviceProof): Promise<Response> {
    const headers = { "content-type": "application/json", ...(good && { authorization: `Bearer ${good}` }) };
    const signal = AbortSignal.timeout(TIMEOUT_MS); // otherwise every later try would wait for this one
    return this.request("/api/session", {
      method: "POST",
      headers,
      body: JSON.stringify({ device }),
      signal,
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
