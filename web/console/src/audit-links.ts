// Finds what an entry of the audit log is about, so that it can be opened. Pure.

import type { AuditEntry } from "./api.generated";
import type { Route } from "./routes";

/** The parameters of a search of the log, in the order in which an address has them. */
export const AUDIT_NAMES = ["action", "actor", "subject", "from", "to"] as const;
export type AuditName = (typeof AUDIT_NAMES)[number];

/** The subjects of which an id is known, and no case: what they belong to is looked up when a link is opened. */
const LOOKED_UP: readonly string[] = ["decision", "appeal", "picture", "report"];

/** Returns where the subject of an entry leads, undefined if to nothing. */
export function subjectRoute({ action, subject, details }: AuditEntry): Route | undefined {
  const [kind] = action.split(".");
  if (!subject || kind === undefined) return undefined;
  if (details.case) return { screen: "case", id: details.case };
  if (LOOKED_UP.includes(kind)) return { screen: "id", id: subject };
  if (kind === "case") return { screen: "case", id: subject };
  if (kind === "visitor") return { screen: "visitor", id: subject };
  if (kind === "account") return accountRoute(subject);
  return undefined;
}

/** Returns the route to all entries of an account. */
export function accountRoute(name: string): Route {
  return { screen: "audit", id: "", query: new URLSearchParams({ actor: name }).toString() };
}

/** Reads the filter of the log from an address. It leaves out what is empty or not known. */
export function parseAuditQuery(text: string): Partial<Record<AuditName, string>> {
  const given = new URLSearchParams(text);
  return Object.fromEntries(
    AUDIT_NAMES.map((name) => [name, given.get(name) ?? ""]).filter(([, value]) => value !== ""),
  );
}

export function auditQueryText(query: Partial<Record<AuditName, string>>): string {
  const set = AUDIT_NAMES.filter((name) => query[name]).map((name) => [name, query[name] ?? ""]);
  return new URLSearchParams(set).toString();
}
