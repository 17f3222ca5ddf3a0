// Stores in IndexedDB, which all tabs of this browser share. Each item is encrypted.

import { type DeviceKeys, newDeviceKey } from "../signaling/device";
import { getOrCreateKey } from "./key-store";
import type { KeyValueStore } from "./key-value-store";
import { keyIn, type Sealed, seal, unseal } from "./sealing";

const NAME = "zufall";
const KEYS = "keys";
const OBJECT_STORES = ["recents", "reports"] as const;
type Name = (typeof OBJECT_STORES)[number];

export class IndexedDbStore<Item> implements KeyValueStore<Item> {
  constructor(
    private readonly name: Name,
    private readonly database = connection,
  ) {}

  async all(): Promise<Item[]> {
    const database = await this.database();
    const [key, sealed] = [await keyIn(database, KEYS), await done(read(database, this.name).getAll())];
    const items = await Promise.all((sealed as Sealed[]).map((one) => unseal<Item>(key, one)));
    return items.filter((item) => item !== undefined);
  }

  async put(id: string, item: Item): Promise<void> {
    const database = await this.database();
    const sealed = await seal(await keyIn(database, KEYS), item);
    await write(database, this.name, (store) => store.put(sealed, id));
  }

  async remove(id: string): Promise<void> {
    await write(await this.database(), this.name, (store) => store.delete(id));
  }
}

/** Stores the device key, beside the key that encrypts. */
export class IndexedDbDeviceKeys implements DeviceKeys {
  constructor(private readonly database = connection) {}

  async pair(): Promise<CryptoKeyPair> {
    return getOrCreateKey(await this.database(), KEYS, "device", newDeviceKey);
  }

  async voucher(): Promise<string | undefined> {
    return done(read(await this.database(), KEYS).get("voucher"));
  }

  async keepVoucher(voucher: string): Promise<void> {
    await write(await this.database(), KEYS, (store) => store.put(voucher, "voucher"));
  }
}

let opened: Promise<IDBDatabase> | undefined;

/** Returns the connection of this page, and opens another one if the browser closed it. */
function connection(): Promise<IDBDatabase> {
  opened ??= connect();
  opened.catch(forget);
  return opened;
}

export async function connect(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const name of [KEYS, ...OBJECT_STORES]) request.result.createObjectStore(name);
  };
  const database = await done(request);
  database.onclose = forget;
  database.onversionchange = () => {
    database.close(); // a tab with a newer page must not wait for this one
    forget();
  };
  return database;
}

function forget(): void {
  opened = undefined;
}

function write(database: IDBDatabase, name: string, change: (store: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, "readwrite");
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    change(transaction.objectStore(name));
  });
}

function read(database: IDBDatabase, name: string): IDBObjectStore {
  return database.transaction(name).objectStore(name);
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
