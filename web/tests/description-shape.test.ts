import { expect, test } from "vitest";
import { hasFewSections, hasOneFingerprint } from "../src/peer/description-shape";
import { settle } from "./helpers";
import { build, withoutABrowser } from "./peers";

withoutABrowser();

const offer = (...kinds: string[]) =>
  ["v=0", ...kinds.map((kind) => `m=${kind} 9 UDP/TLS/RTP/SAVPF 111`), ""].join("\r\n");

test.each([
  [[], true],
  [["audio"], true],
  [["audio", "video"], true],
  [["video", "application", "audio"], true],
  [["audio", "audio"], false],
  [["audio", "video", "video"], false],
  [["application", "application"], false],
  [["audio", "text"], false],
  [["audio", "video", "message"], false],
  [Array<string>(480).fill("audio"), false],
])("a description with the sections %j is accepted: %s", (kinds, accepted) => {
  expect(hasFewSections(offer(...kinds))).toBe(accepted);
  expect(hasFewSections(offer(...kinds).replaceAll("\r", "")), "with bare line ends").toBe(accepted);
});

test.each(["offer", "answer"] as const)(
  "an %s with many sections never reaches the browser",
  async (type) => {
    const { peer, connection } = build(type === "offer");
    await settle();
    const sdp = offer(...Array<string>(480).fill("audio"));
    const taken = peer.receive({ type: "description", match: "m1", description: { type, sdp } });
    await expect(taken).rejects.toThrow(RangeError);
    expect(connection.remoteDescription).toBeNull();
    const good = { type, sdp: offer("audio", "video") } as const;
    await peer.receive({ type: "description", match: "m1", description: good });
    expect(connection.remoteDescription, "and the call goes on").toMatchObject({ type });
  },
);

test("a data channel that the stranger opens is closed", () => {
  let closed = 0;
  build(true).connection.ondatachannel?.({ channel: { close: () => closed++ } });
  expect(closed).toBe(1);
});

const signed = (...fingerprints: string[]) =>
  fingerprints.map((one) => `a=fingerprint:sha-256 ${one}\r\nm=audio 9\r\n`).join("");

test.each([
  [[], true],
  [["AA"], true],
  [["AA", "AA"], true],
  [["AA", "BB"], false],
])("a description with the fingerprints %j is of one connection: %s", (fingerprints, accepted) => {
  expect(hasOneFingerprint(signed(...fingerprints))).toBe(accepted);
});

test("a description of two connections never reaches the browser", async () => {
  const { peer, connection } = build(true);
  await settle();
  const description = { type: "offer", sdp: signed("AA", "BB") } as const;
  const taken = peer.receive({ type: "description", match: "m1", description });
  await expect(taken).rejects.toThrow(RangeError);
  expect(connection.remoteDescription).toBeNull();
});
