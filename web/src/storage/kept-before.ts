// Reports that an earlier page kept in the local storage, put where they are kept now.

import type { KeptReport, Report } from "../remedies/reports";
import type { Kept as Credential } from "../signaling/tokens";
import { objectsIn } from "./kept";
import type { Shelf } from "./shelf";

const KEY = "zufall.reports";
/** The end of a pass is as good as random, and two tabs that do this at once give the same ids. */
const ID_LENGTH = 24;

export async function moveReports(
  store: Pick<Storage, "getItem" | "removeItem">,
  shelf: Shelf<KeptReport>,
  credential: Credential | undefined,
  now = Date.now(),
): Promise<void> {
  const reports = objectsIn(store.getItem(KEY)) as Partial<Report>[];
  for (const report of reports.filter((one): one is Report => typeof one.pass === "string")) {
    const id = report.pass.slice(-ID_LENGTH);
    await shelf.put(id, { id, report, credential, at: now });
  }
  store.removeItem(KEY);
}
