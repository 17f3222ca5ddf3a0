import { describe, expect, test } from "vitest";
import { hashOf, may, maySee, type Place, placeIn, SCREENS } from "../../console/src/places";
import { ROLES } from "../../console/src/types";

describe("places", () => {
  test.each<[string, Place]>([
    ["", { screen: "queue", of: "" }],
    ["#", { screen: "queue", of: "" }],
    ["#audit", { screen: "audit", of: "" }],
    ["#case/a-b_1", { screen: "case", of: "a-b_1" }],
    ["#case", { screen: "queue", of: "" }],
    ["#appeals/d", { screen: "appeals", of: "d" }],
    ["#policy/x", { screen: "policy", of: "" }],
    ["#invitation=t-_=", { screen: "invitation", of: "t-_=" }],
    ["#nonsense", { screen: "queue", of: "" }],
    ["#case/%E0%A4%A", { screen: "queue", of: "" }],
  ])("%s is %j", (hash, place) => {
    expect(placeIn(hash)).toEqual(place);
  });

  test.each(["a/b", "../../session", "?#%", "ü\u202e"])("the id %j comes back as it was", (of) => {
    expect(placeIn(hashOf({ screen: "case", of }))).toEqual({ screen: "case", of });
  });
});

test("each role may what those below it may", () => {
  for (const [place, role] of ROLES.entries()) {
    expect(ROLES.filter((needed) => may(role, needed))).toEqual(ROLES.slice(0, place + 1));
  }
});

test("who sees which screen", () => {
  const seen = ROLES.map((role) => SCREENS.filter((screen) => maySee(role, screen)).length);
  expect(seen).toEqual([3, 3, 5, 6]);
  expect([maySee("moderator", "policy"), maySee("senior", "people"), maySee("viewer", "case")]).toEqual([
    false,
    false,
    true,
  ]);
});
