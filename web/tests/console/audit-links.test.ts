import { describe, expect, test } from "vitest";
import type { AuditEntry } from "../../console/src/api.generated";
import { auditQueryText, parseAuditQuery, subjectRoute } from "../../console/src/audit-links";

function entry(action: string, subject: string, details: Record<string, string> = {}): AuditEntry {
  return { sequence: 1, at: 0, actor: "ann", action, subject, details, hash: "" };
}

describe("an entry of the audit log", () => {
  test.each<[string, string, Record<string, string>, object | undefined]>([
    ["case.seen", "c1", {}, { screen: "case", id: "c1" }],
    ["visitor.seen", "v1", {}, { screen: "visitor", id: "v1" }],
    ["decision.made", "d1", { case: "c1", visitor: "v1" }, { screen: "case", id: "c1" }],
    ["decision.made", "d1", { case: "", visitor: "v1" }, { screen: "id", id: "d1" }],
    ["picture.seen", "r1", { number: "0" }, { screen: "id", id: "r1" }],
    ["appeal.decided", "d1", {}, { screen: "id", id: "d1" }],
    ["account.invited", "bob", {}, { screen: "audit", id: "", query: "actor=bob" }],
    ["appeals.seen", "", {}, undefined],
    ["policy.replayed", "", {}, undefined],
    ["chain.keyed", "12:ab", {}, undefined],
  ])("%s of %s leads to its subject", (action, subject, details, route) => {
    expect(subjectRoute(entry(action, subject, details))).toEqual(route);
  });

  test("is found by a filter that comes back from the address", () => {
    const query = { action: "case", actor: "a&b", from: "2026-01-31" };
    expect(parseAuditQuery(auditQueryText(query))).toEqual(query);
    expect(parseAuditQuery("actor=&other=1")).toEqual({});
  });
});
