// Says which lists of known pictures have pictures of a case. Pure.

import type { Report } from "./api.generated";

/** Returns the names of the lists, each once. */
export function knownLists(reports: readonly Pick<Report, "frames">[]): string[] {
  const names = reports.flatMap(({ frames }) => frames.map(({ known }) => known));
  return [...new Set(names.filter((name) => name !== ""))];
}
