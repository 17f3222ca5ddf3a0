import { describe, expect, test } from "vitest";
import { ROLES } from "../../console/src/api.generated";
import { canOpen, hasRole, parseRoute, type Route, routeHash, SCREENS } from "../../console/src/routes";

describe("routes", () => {
  test.each<[string, Route]>([
    ["", { screen: "queue", id: "" }],
    ["#", { screen: "queue", id: "" }],
    ["#audit", { screen: "audit", id: "" }],
    ["#case/a-b_1", { screen: "case", id: "a-b_1" }],
    ["#case", { screen: "queue", id: "" }],
    ["#appeals/d", { screen: "appeals", id: "d" }],
    ["#policy/x", { screen: "policy", id: "" }],
    ["#invitation=t-_=", { screen: "invitation", id: "t-_=" }],
    ["#nonsense", { screen: "queue", id: "" }],
    ["#visitor/v_1", { screen: "visitor", id: "v_1" }],
    ["#id/r1", { screen: "id", id: "r1" }],
    ["#visitor", { screen: "queue", id: "" }],
    ["#queue?reason=spam", { screen: "queue", id: "", query: "reason=spam" }],
    ["#audit?actor=a%26b", { screen: "audit", id: "", query: "actor=a%26b" }],
    ["#people?x=1", { screen: "people", id: "" }],
    ["#case/%E0%A4%A", { screen: "queue", id: "" }],
  ])("%s is %j", (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  test.each(["a/b", "../../session", "?#%", "ü\u202e"])("the id %j comes back as it was", (id) => {
    expect(parseRoute(routeHash({ screen: "case", id }))).toEqual({ screen: "case", id });
  });
});

test("each role includes the roles below it", () => {
  for (const [place, role] of ROLES.entries()) {
    expect(ROLES.filter((needed) => hasRole(role, needed))).toEqual(ROLES.slice(0, place + 1));
  }
});

test("roles decide which screens open", () => {
  const seen = ROLES.map((role) => SCREENS.filter((screen) => canOpen(role, screen)).length);
  expect(seen).toEqual([5, 5, 7, 8]);
  expect([canOpen("moderator", "policy"), canOpen("senior", "people"), canOpen("viewer", "case")]).toEqual([
    false,
    false,
    true,
  ]);
});
