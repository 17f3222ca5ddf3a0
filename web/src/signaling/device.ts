// The key by which a gateway recognises this browser. No script can read it, and it signs each request for a
// token. It identifies nobody, and a browser without a key gets tokens, too.

import type { DeviceProof } from "../http.generated";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PURPOSE = "zufall device proof 1";
/** The limit for the database, because some browsers never answer. */
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
    private readonly patience = TIMEOUT_MS,
  ) {}

  /**
   * Proves with a challenge that we hold the key, for a new token or to renew `token`. Returns undefined if
   * that fails.
   */
  async prove(challenge: string, token = ""): Promise<DeviceProof | undefined> {
    if (!globalThis.crypto?.subtle) return undefined; // the origin is not secure
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, this.patience));
    const proof = this.signed(challenge, token).catch(() => undefined); // the browser stores nothing
    return Promise.race([proof, late]);
  }

  /** Stores the voucher for the next proof. */
  async remember(voucher: string): Promise<void> {
    await this.keys.keepVoucher(voucher).catch(() => {}); // without it, the key looks new the next time
  }

  private async signed(challenge: string, token: string): Promise<DeviceProof> {
    const [pair, voucher] = await Promise.all([this.keys.pair(), this.keys.voucher()]);
    const text = new TextEncoder().encode(`${PURPOSE}\n${challenge}\n${token}`);
    const signature = await crypto.subtle.sign(ECDSA, pair.privateKey, text);
    const key = await crypto.subtle.exportKey("raw", pair.publicKey);
    return { key: base64(key), challenge, signature: base64(signature), ...(voucher && { voucher }) };
  }
}

export function newDeviceKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
