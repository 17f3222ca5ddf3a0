import { expect, test } from "vitest";
import type { Ice } from "../src/messages.generated";
import { configurationOf } from "../src/peer/ice-configuration";

const relay: Ice["servers"] = [{ urls: ["turn:relay.example:3478"], username: "u", credential: "c" }];
const policyOf = (policy: Ice["policy"], servers: Ice["servers"], hidden: boolean) =>
  configurationOf({ policy, servers }, hidden).iceTransportPolicy;

test("a hidden visitor uses only the relay, whatever the operator allows", () => {
  expect(policyOf("all", relay, true)).toBe("relay");
  expect(policyOf("public", relay, true)).toBe("relay");
  expect(policyOf("public", relay, false)).toBe("all");
});

test("without a relay, hiding does not prevent a connection", () => {
  expect(policyOf("public", [{ urls: ["stun:stun.example"] }], true)).toBe("all");
});

test("the operator's relay policy applies to everybody", () => {
  expect(policyOf("relay", relay, false)).toBe("relay");
});
