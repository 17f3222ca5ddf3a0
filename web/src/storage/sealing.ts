// What is kept is sealed with a key that no script can read, so that what strangers wrote and how they looked does
// not lie open in the files of the browser. Only pages from a secure origin can seal; others keep it as it is.

import { getOrCreateKey } from "./key-store";

export type Sealed = { iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer } | { plain: unknown };
type Key = CryptoKey | undefined;

const AES = "AES-GCM";
const ID = "key";

/** The key of this browser, made when there is none yet; undefined where there is no cryptography. */
export async function keyIn(database: IDBDatabase, store: string): Promise<Key> {
  if (!crypto.subtle) return undefined;
  return getOrCreateKey(database, store, ID, newKey);
}

export async function seal(key: Key, item: unknown): Promise<Sealed> {
  if (!key) return { plain: item };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(item));
  return { iv, sealed: await crypto.subtle.encrypt({ name: AES, iv }, key, plain) };
}

/** Undefined for what this browser can no longer open. */
export async function unseal<Item>(key: Key, item: Sealed): Promise<Item | undefined> {
  if ("plain" in item) return item.plain as Item;
  if (!key) return undefined;
  try {
    const plain = await crypto.subtle.decrypt({ name: AES, iv: item.iv }, key, item.sealed);
    return JSON.parse(new TextDecoder().decode(plain)) as Item;
  } catch {
    return undefined; // sealed with a key that the browser has lost
  }
}

function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
}
