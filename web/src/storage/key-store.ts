// Stores keys that scripts can use but not read. Tabs share them, whichever tab creates one first.

/** Returns the key with this `id`, or stores the one that `make` returns. */
export async function getOrCreateKey<Key>(
  database: IDBDatabase,
  store: string,
  id: string,
  make: () => Promise<Key>,
): Promise<Key> {
  return (await kept<Key>(database, store, id)) ?? (await getOrStoreKey(database, store, id, await make()));
}

/** Returns the stored key, or stores `fresh`. One transaction, because another tab may do the same. */
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
