// The key by which a gateway recognises this browser. No script can read it, and it signs each request for a
// token. It identifies nobody, and a browser without a key gets tokens, too.

import type { DeviceProof } from "../http.generated";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PURPOSE = "zufall device proof 1";
/** The limit for the database and the challenge, because some browsers never answer. */
const TIMEOUT_MS = 3_000;

/** Stores the key and the voucher that proves its age. Every promise may be rejected. */
export interface DeviceKeys {
  /** Returns the key of this browser, and creates it if there is none. */
  pair(): Promise<CryptoKeyPair>;
  voucher(): Promise<string | undefined>;
  keepVoucher(voucher: string): Promise<void>;
}

export class Device {
  constructor(
    private readonly keys: DeviceKeys,
    private readonly request: typeof fetch = (...args) => fetch(...args),
    private readonly patience = TIMEOUT_MS,
  ) {}

  /** Proves that we hold the key, for a new token or to renew `token`. Returns undefined if that fails. */
  async prove(token = ""): Promise<DeviceProof | undefined> {
    if (!globalThis.crypto?.subtle) return undefined; // the origin is not secure
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, this.patience));
    const proof = this.signed(token).catch(() => undefined); // no storage, no network, or an older gateway
    return Promise.race([proof, late]);
  }

  /** Stores the voucher for the next proof. */
  async remember(voucher: string): Promise<void> {
    await this.keys.keepVoucher(voucher).catch(() => {}); // without it, the key looks new the next time
  }

  private async signed(token: string): Promise<DeviceProof> {
    const [pair, voucher, challenge] = await Promise.all([
      this.keys.pair(),
      this.keys.voucher(),
      this.challenge(),
    ]);
    const text = new TextEncoder().encode(`${PURPOSE}\n${challenge}\n${token}`);
    const signature = await crypto.subtle.sign(ECDSA, pair.privateKey, text);
    const key = await crypto.subtle.exportKey("raw", pair.publicKey);
    return { key: base64(key), challenge, signature: base64(signature), ...(voucher && { voucher }) };
  }

  private async challenge(): Promise<string> {
    const response = await this.request("/api/challenge", { signal: AbortSignal.timeout(this.patience) });
    if (!response.ok) throw new Error(`no challenge: ${response.status}`);
    return (await response.json()).challenge;
  }
}

export function newDeviceKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
