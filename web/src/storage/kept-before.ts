// Reports that an earlier page kept in the local storage, put where they are kept now.

import type { PendingReport, Report } from "../safety/report-outbox";
import type { Kept as Credential } from "../signaling/token-store";
import { parseObjects } from "./json-guards";
import type { KeyValueStore } from "./key-value-store";

const KEY = "zufall.reports";
/** The end of a pass is as good as random, and two tabs that do this at once give the same ids. */
const ID_LENGTH = 24;

export async function moveReports(
  store: Pick<Storage, "getItem" | "removeItem">,
  store_: KeyValueStore<PendingReport>,
  credential: Credential | undefined,
  now = Date.now(),
): Promise<void> {
  const reports = parseObjects(store.getItem(KEY)) as Partial<Report>[];
  for (const report of reports.filter((one): one is Report => typeof one.pass === "string")) {
    const id = report.pass.slice(-ID_LENGTH);
    await store_.put(id, { id, report, credential, at: now });
  }
  store.removeItem(KEY);
}
