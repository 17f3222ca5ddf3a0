// The token that says who this visitor is: fetched once a tab, kept for the tab, renewed before it expires.

import { type Problem, readProblem } from "../problem-json";
import { parseObject } from "../storage/json-guards";
import type { Device, Proof } from "./device";

const KEY = "zufall.token";
/** Renewed this long before it expires, so that a call does not end over it. */
const EARLY = 5 * 60_000;
const PATIENCE_MS = 15_000;
/** The codes of who does not take a proof; the last is of gateways that are older than this page. */
const UNPROVEN = ["proof_refused", "challenge_refused", "invalid_request"];
/** What is good for so long is not renewed only to last a day. */
const NEARLY_A_DAY = 23 * 3_600_000;

export interface StoredToken {
  token: string;
  /** Milliseconds of the wall clock. */
  expires: number;
}

/** What the gateway answers. */
interface Session {
  token: string;
  /** Seconds. */
  expires_in: number;
  device?: { voucher: string };
}

/** The gateway gave no token; `retryAfter` in seconds. */
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

  /** A token that is good for some minutes; throws `TokenRefused`, or what `fetch` throws. */
  async current(): Promise<string> {
    const kept = this.present();
    return kept && kept.expires - EARLY > this.now() ? kept.token : this.renewed(kept);
  }

  /** The token that we have, good for nearly a day if the gateway can be asked; nothing if there is none. */
  async lasting(): Promise<StoredToken | undefined> {
    const kept = this.present();
    if (kept && kept.expires - NEARLY_A_DAY < this.now()) await this.renewed(kept).catch(() => {});
    return this.present();
  }

  /** The token that we have, if it is still good. */
  present(): StoredToken | undefined {
    const kept = parseObject(this.storage.getItem(KEY)) as StoredToken | undefined;
    return kept && kept.expires > this.now() ? kept : undefined;
  }

  forget(): void {
    this.storage.removeItem(KEY);
  }

  private renewed(kept: StoredToken | undefined): Promise<string> {
    this.pending ??= this.renew(kept?.token).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /** With a token that is still `good` we stay the visitor we are; without one we become a new one. */
  private async renew(good?: string): Promise<string> {
    const response = await this.ask(good);
    if (response.ok) return this.keep(await response.json());
    if (!good) throw new TokenRefused(await readProblem(response));
    if (response.status !== 401) return good; // if we are banned, the socket says by which rule
    this.forget();
    return this.renew();
  }

  /** With a proof of our device if we have one, which not every gateway may take. */
  private async ask(good?: string): Promise<Response> {
    const device = await this.device?.prove(good);
    const response = await this.post(good, device);
    if (response.ok || !device) return response;
    const { code } = await readProblem(response.clone());
    return UNPROVEN.includes(code) ? this.post(good) : response;
  }

  private post(good?: string, device?: Proof): Promise<Response> {
    const headers = { "content-type": "application/json", ...(good && { authorization: `Bearer ${good}` }) };
    const signal = AbortSignal.timeout(PATIENCE_MS); // else every later try would wait for this one
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
    this.storage.setItem(KEY, JSON.stringify(kept));
    return token;
  }
}

/** The visitor whom a token names, as far as it can be read. */
export function visitorOf(token: string | undefined): string | undefined {
  try {
    const [, claims = ""] = token?.split(".") ?? [];
    return JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))).sub;
  } catch {
    return undefined; // signed in a way that is newer than this page
  }
}
