import { expect, test, vi } from "vitest";
import type { Ice } from "../src/messages.generated";
import { Peer, type Signal } from "../src/peer";
import { hiddenCandidate, hiddenDescription } from "../src/peer/hide-address";
import { FakeConnection } from "./fake-connection";
import { settle } from "./helpers";
import { withoutABrowser } from "./peers";

const RELAYED = "candidate:1 1 udp 41885439 192.0.2.9 50000 typ relay";
const HOST = "candidate:2 1 udp 2113937151 203.0.113.7 50001 typ host";
const REFLEXIVE = "candidate:3 1 udp 1677729535 203.0.113.7 50001 typ srflx raddr 10.0.0.7 rport 50001";

withoutABrowser();

test("only relay candidates are sent, without a related address", () => {
  expect(hiddenCandidate(`${RELAYED} raddr 203.0.113.7 rport 50001 generation 0`)).toBe(
    `${RELAYED} raddr 0.0.0.0 rport 0 generation 0`,
  );
  expect(hiddenCandidate(RELAYED)).toBe(RELAYED);
  expect([HOST, REFLEXIVE].map(hiddenCandidate)).toEqual([undefined, undefined]);
});

test("a description is sent without addresses", () => {
  const sdp = [
    "v=0",
    "c=IN IP4 203.0.113.7",
    "a=rtcp:9 IN IP6 2001:db8::7",
    `a=${HOST}`,
    `a=${RELAYED} raddr 203.0.113.7 rport 1`,
    `a=${REFLEXIVE}`,
    "a=mid:0",
    "",
  ].join("\r\n");
  const said = [
    "v=0",
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP6 ::",
    `a=${RELAYED} raddr 0.0.0.0 rport 0`,
    "a=mid:0",
    "",
  ];
  expect(hiddenDescription(sdp)).toBe(said.join("\r\n"));
});

/** Builds a side that hides its address, and records what it sends. */
async function build(servers: Ice["servers"]) {
  const connection = new FakeConnection();
  const sent: Signal[] = [];
  const peer = new Peer({
    match: "m1",
    polite: false,
    ice: { servers, policy: "all" },
    hideAddress: true,
    kinds: ["audio"],
    stream: undefined,
    encoding: { scaleDownBy: 1, maxBitrate: 1, maxFramerate: 1 },
    send: (signal) => sent.push(signal),
    onTrack: () => {},
    onLink: () => {},
    renewCredentials: () => {},
    connection: (configuration) => {
      connection.configuration = configuration;
      return connection as unknown as RTCPeerConnection;
    },
  });
  const gathered = (candidate: string) =>
    connection.onicecandidate?.({ candidate: { candidate, toJSON: () => ({ candidate, sdpMid: "0" }) } });
  await settle();
  return { peer, connection, sent, gathered };
}

const RELAY: Ice["servers"] = [{ urls: ["turn:relay.example"], username: "u", credential: "c" }];

test("a hidden visitor sends no address, whatever the browser gathers", async () => {
  const { peer, connection, sent, gathered } = await build(RELAY);
  for (const candidate of [HOST, `${RELAYED} raddr 203.0.113.7 rport 1`, REFLEXIVE]) gathered(candidate);
  connection.localDescription = { type: "offer", sdp: `v=0\r\na=${HOST}\r\n` };
  peer.setReachable(true); // an offer without an answer is said again, by now with candidates in it
  await vi.advanceTimersByTimeAsync(100);
  expect(JSON.stringify(sent)).toContain("192.0.2.9");
  expect(JSON.stringify(sent)).not.toContain("203.0.113.7");
});

test("a hidden visitor stays hidden when the relay is gone", async () => {
  const { peer, connection } = await build(RELAY);
  peer.updateIce({ servers: [], policy: "all" });
  expect(connection.configuration.iceTransportPolicy).toBe("relay");
});

test("without a relay addresses are sent, as the page says", async () => {
  const { connection, sent, gathered } = await build([]);
  gathered(HOST);
  await vi.advanceTimersByTimeAsync(100);
  expect(JSON.stringify(sent)).toContain("203.0.113.7");
  expect(connection.configuration.iceTransportPolicy).toBe("all");
});
