// Keys of this browser, which scripts can use and not read: one of each kind, whichever tab makes it first.

/** The one of this `id` in `store`, or else what `make` makes. */
export async function getOrCreateKey<Key>(
  database: IDBDatabase,
  store: string,
  id: string,
  make: () => Promise<Key>,
): Promise<Key> {
  return (await kept<Key>(database, store, id)) ?? (await getOrStoreKey(database, store, id, await make()));
}

/** The kept key, or `fresh` kept: in one transaction, for another tab may be making one, too. */
async function getOrStoreKey<Key>(
  database: IDBDatabase,
  store: string,
  id: string,
  fresh: Key,
): Promise<Key> {
  return (await kept(database, store, id, fresh)) ?? fresh;
}

function kept<Key>(database: IDBDatabase, store: string, id: string, fresh?: Key): Promise<Key | undefined> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, fresh ? "readwrite" : "readonly");
    const asked = transaction.objectStore(store).get(id);
    asked.onsuccess = () => {
      if (fresh && !asked.result) transaction.objectStore(store).put(fresh, id);
    };
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}
