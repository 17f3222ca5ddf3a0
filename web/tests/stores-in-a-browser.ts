// Checks the promises of IndexedDB stores. tests/end_to_end/test_keeping.py bundles this file and runs it in a browser.

import type { RecentPartner } from "../src/safety/recent-partners";
import { connect, IndexedDbDeviceKeys, IndexedDbStore } from "../src/storage/indexed-db";
import { PROMISES } from "./store-promises";

export async function failures(): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, check } of PROMISES) {
    await forget();
    const other = connect();
    const [found, expected] = await check(
      new IndexedDbStore("recents"),
      new IndexedDbStore("recents", () => other),
    );
    const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(expected)];
    if (is !== shouldBe) failed.push(`${name}: ${is.slice(0, 200)} is not ${shouldBe.slice(0, 200)}`);
  }
  return failed;
}

/** Stores "something nasty" and returns what a script can see of it in the database. */
export async function raw(): Promise<{ text: string; extractable: boolean }> {
  await forget();
  await new IndexedDbStore<Pick<RecentPartner, "pass">>("recents").put("m", { pass: "something nasty" });
  const database = await connect();
  const item = await read(database, "recents", "m");
  const key = (await read(database, "keys", "key")) as CryptoKey;
  const bytes = new Uint8Array((item as { sealed: ArrayBuffer }).sealed);
  return { text: new TextDecoder("latin1").decode(bytes), extractable: key.extractable };
}

function forget(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase("zufall");
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

function read(database: IDBDatabase, store: string, id: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = database.transaction(store).objectStore(store).get(id);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Returns the device keys of two tabs at once and of a third one later, and whether a script can read them. */
export async function devices(): Promise<{ keys: string[]; extractable: boolean; vouchers: unknown[] }> {
  await forget();
  const tabs = [connect(), connect()].map((tab) => new IndexedDbDeviceKeys(() => tab));
  const together = await Promise.all(tabs.map((tab) => tab.pair()));
  const pairs = [...together, await new IndexedDbDeviceKeys().pair()];
  const before = await tabs[0]?.voucher();
  await tabs[0]?.keepVoucher("since yesterday");
  return {
    keys: await Promise.all(pairs.map(({ publicKey }) => fingerprint(publicKey))),
    extractable: pairs.some(({ privateKey }) => privateKey.extractable),
    vouchers: [before ?? null, await tabs[1]?.voucher()],
  };
}

async function fingerprint(key: CryptoKey): Promise<string> {
  return String(new Uint8Array(await crypto.subtle.exportKey("raw", key)));
}
