// The key by which a gateway knows this browser again: no script can read it, and it signs for every token.
// It is nobody's name, and nothing needs it: where a browser cannot have one, tokens come without.

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PURPOSE = "zufall device proof 1";
/** For the database and the challenge: some browsers leave one waiting for ever. */
const PATIENCE_MS = 3_000;

/** `device` of `POST /api/session`; bytes are in base64. */
export interface Proof {
  key: string;
  challenge: string;
  signature: string;
  voucher?: string;
}

/** Where the key lies, and the voucher that says since when it is known. Every promise may be rejected. */
export interface DeviceKeys {
  /** The one of this browser, made when there is none yet. */
  pair(): Promise<CryptoKeyPair>;
  voucher(): Promise<string | undefined>;
  keepVoucher(voucher: string): Promise<void>;
}

export class Device {
  constructor(
    private readonly keys: DeviceKeys,
    private readonly request: typeof fetch = (...args) => fetch(...args),
    private readonly patience = PATIENCE_MS,
  ) {}

  /** That we hold the key, to become somebody new or to renew `token`; undefined if that cannot be proved now. */
  async prove(token = ""): Promise<Proof | undefined> {
    if (!globalThis.crypto?.subtle) return undefined; // not a secure origin
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, this.patience));
    const proof = this.signed(token).catch(() => undefined); // no storage, no network, or an older gateway
    return Promise.race([proof, late]);
  }

  /** Shown with the next proof. */
  async remember(voucher: string): Promise<void> {
    await this.keys.keepVoucher(voucher).catch(() => {}); // then the key is as new the next time
  }

  private async signed(token: string): Promise<Proof> {
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
