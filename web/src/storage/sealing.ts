// Encrypts stored items with a key that no script can read, so that they cannot be read from the browser's
// files. Pages from an insecure origin cannot encrypt, and store items as they are.

import { getOrCreateKey } from "./key-store";

export type Sealed = { iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer } | { plain: unknown };
type Key = CryptoKey | undefined;

const AES = "AES-GCM";
const ID = "key";

/** Returns the key of this browser, and creates it if needed. Returns undefined without cryptography. */
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

/** Returns undefined for an item that cannot be decrypted any more. */
export async function unseal<Item>(key: Key, item: Sealed): Promise<Item | undefined> {
  if ("plain" in item) return item.plain as Item;
  if (!key) return undefined;
  try {
    const plain = await crypto.subtle.decrypt({ name: AES, iv: item.iv }, key, item.sealed);
    return JSON.parse(new TextDecoder().decode(plain)) as Item;
  } catch {
    return undefined; // the browser has lost the key
  }
}

function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]);
}
