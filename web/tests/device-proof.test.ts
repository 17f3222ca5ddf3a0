import { afterEach, expect, test, vi } from "vitest";
import type { DeviceProof } from "../src/http.generated";
import { Device, type DeviceKeys, newDeviceKey } from "../src/signaling/device";

class MemoryKeys implements DeviceKeys {
  made = 0;
  kept: string | undefined;
  private key: Promise<CryptoKeyPair> | undefined;

  pair(): Promise<CryptoKeyPair> {
    if (!this.key) {
      this.made++;
      this.key = newDeviceKey();
    }
    return this.key;
  }

  async voucher(): Promise<string | undefined> {
    return this.kept;
  }

  async keepVoucher(voucher: string): Promise<void> {
    this.kept = voucher;
  }
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

async function verified(proof: DeviceProof, text: string): Promise<boolean> {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("raw", bytes(proof.key), curve, false, ["verify"]);
  const signed = new TextEncoder().encode(text);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes(proof.signature), signed);
}

afterEach(() => vi.unstubAllGlobals());

test("the challenge and the token are signed, with the lengths that a gateway expects", async () => {
  const keys = new MemoryKeys();
  const device = new Device(keys);
  const proof = (await device.prove("c1", "t1")) as DeviceProof;
  expect(Object.keys(proof)).toEqual(["key", "challenge", "signature"]);
  expect([bytes(proof.key).length, bytes(proof.signature).length]).toEqual([65, 64]);
  expect(await verified(proof, "zufall device proof 1\nc1\nt1")).toBe(true);
  expect(await verified(proof, "zufall device proof 1\nc1\n")).toBe(false);
  const another = (await device.prove("c1")) as DeviceProof;
  expect(await verified(another, "zufall device proof 1\nc1\n")).toBe(true);
  expect([another.key, keys.made]).toEqual([proof.key, 1]);
});

test("no script can read the private key", async () => {
  const { privateKey } = await newDeviceKey();
  expect(privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("pkcs8", privateKey)).rejects.toThrow();
});

test("the voucher is shown with the next proof", async () => {
  const device = new Device(new MemoryKeys());
  await device.remember("since yesterday");
  expect((await device.prove("c1"))?.voucher).toBe("since yesterday");
});

const refused = async () => Promise.reject(new DOMException("no", "SecurityError"));
const forbidden: DeviceKeys = { pair: refused, voucher: refused, keepVoucher: refused };
const silent = () => new Promise<never>(() => {});

test.each([
  ["storage is forbidden", forbidden],
  ["storage never answers", { ...forbidden, pair: silent }],
])("there is no proof if %s, and nothing fails", async (_, keys) => {
  expect(await new Device(keys, 100).prove("c1", "t1")).toBeUndefined();
});

test("nothing is proven without cryptography", async () => {
  vi.stubGlobal("crypto", {});
  const keys = new MemoryKeys();
  expect(await new Device(keys).prove("c1")).toBeUndefined();
  expect(keys.made).toBe(0);
});

test("a voucher that cannot be stored is dropped", async () => {
  await expect(new Device(forbidden).remember("v")).resolves.toBeUndefined();
});
