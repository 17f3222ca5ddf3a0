import { expect, test } from "vitest";
import type { Ice } from "../src/messages.generated";
import { configurationOf } from "../src/peer/ice-configuration";

const relay: Ice["servers"] = [{ urls: ["turn:relay.example:3478"], username: "u", credential: "c" }];
const policyOf = (policy: Ice["policy"], servers: Ice["servers"], hidden: boolean) =>
  configurationOf({ policy, servers }, hidden).iceTransportPolicy;

test("who hides meets through the relay only, whatever the operator allows", () => {
  expect(policyOf("all", relay, true)).toBe("relay");
  expect(policyOf("public", relay, true)).toBe("relay");
  expect(policyOf("public", relay, false)).toBe("all");
});

test("where there is no relay nobody is cut off by the wish to hide", () => {
  expect(policyOf("public", [{ urls: ["stun:stun.example"] }], true)).toBe("all");
});

test("the operator's relay holds for everybody", () => {
  expect(policyOf("relay", relay, false)).toBe("relay");
});
