// Shelves in IndexedDB, which all tabs of this browser share. Each item is sealed.

import { keyIn, type Sealed, seal, unseal } from "./sealing";
import type { Shelf } from "./shelf";

const NAME = "zufall";
const KEYS = "keys";
const SHELVES = ["recents", "reports"] as const;
type Name = (typeof SHELVES)[number];

export class DatabaseShelf<Item> implements Shelf<Item> {
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
    await this.write(database, (store) => store.put(sealed, id));
  }

  async remove(id: string): Promise<void> {
    await this.write(await this.database(), (store) => store.delete(id));
  }

  private write(database: IDBDatabase, change: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(this.name, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      change(transaction.objectStore(this.name));
    });
  }
}

let opened: Promise<IDBDatabase> | undefined;

/** The one of this page; another is opened when the browser has closed it. */
function connection(): Promise<IDBDatabase> {
  opened ??= connect();
  opened.catch(forget);
  return opened;
}

export async function connect(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const name of [KEYS, ...SHELVES]) request.result.createObjectStore(name);
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

function read(database: IDBDatabase, name: string): IDBObjectStore {
  return database.transaction(name).objectStore(name);
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
