// Says what a decision will rest on, as the visitor will be told. The service decides it likewise. Pure.

import type { Case, Report } from "./api.generated";
import { type Key, say } from "./words";

export type EvidenceName = Case["rests_on"][number];

/** Names evidence, such as "reports of people, the chat". */
export function evidenceText(evidence: readonly EvidenceName[]): string {
  return evidence.map((kind) => say(`evidence_${kind}` as Key)).join(", ");
}

/** Returns the sentences for the form. `pictureSeen` tells whether one was opened since the case was loaded. */
export function restsOnText(
  about: Pick<Case, "rests_on"> & { reports: readonly Pick<Report, "frames">[] },
  pictureSeen: boolean,
): string {
  const looked = pictureSeen || about.rests_on.includes("pictures");
  const others = about.rests_on.filter((kind) => kind !== "pictures");
  const evidence: EvidenceName[] = looked ? [...others, "pictures"] : others;
  const said =
    evidence.length > 0 ? say("rests_on", { evidence: evidenceText(evidence) }) : say("rests_on_nothing");
  const hasPictures = about.reports.some(({ frames }) => frames.length > 0);
  return hasPictures && !looked ? `${said} ${say("rests_on_no_picture")}` : said;
}
