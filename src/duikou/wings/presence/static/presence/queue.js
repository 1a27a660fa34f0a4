// The queue on the phone: items wait in IndexedDB until the server has answered each of them.
// Every item carries the account's number: whoever signs in on the same phone sends only the own ones.

const NAME = "duikou-presence";
const TABLE = "items";

function opened() {
  return new Promise((done, fail) => {
    const asking = indexedDB.open(NAME, 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(TABLE, { keyPath: "uuid" });
    asking.onsuccess = () => done(asking.result);
    asking.onerror = () => fail(asking.error);
  });
}

async function table(mode, act) {
  const database = await opened();
  try {
    return await new Promise((done, fail) => {
      const change = database.transaction(TABLE, mode);
      const asking = act(change.objectStore(TABLE));
      change.oncomplete = () => done(asking?.result);
      change.onerror = change.onabort = () => fail(change.error);
    });
  } finally {
    database.close();
  }
}

/** A random number in the form of a UUID; `crypto.randomUUID` is not offered over plain http. */
export function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function put(row) {
  return table("readwrite", (store) => store.put(row));
}

export function drop(uuid) {
  return table("readwrite", (store) => store.delete(uuid));
}

/** The account's rows, oldest first. */
export async function rows(account) {
  const all = (await table("readonly", (store) => store.getAll())) || [];
  return all.filter((row) => row.account === account).sort((a, b) => a.queued - b.queued);
}
