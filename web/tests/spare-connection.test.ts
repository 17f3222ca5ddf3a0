import { expect, test } from "vitest";
import { SpareConnection } from "../src/peer/spare-connection";
import { withStartBitrate } from "../src/peer/start-bitrate";
import { FakeConnection } from "./fake-connection";

function build() {
  const made: FakeConnection[] = [];
  const ready = new SpareConnection((configuration) => {
    made.push(new FakeConnection(configuration));
    return made.at(-1) as unknown as RTCPeerConnection;
  });
  return { ready, made };
}

test("a prepared connection is used for one stranger, with the current servers", () => {
  const { ready, made } = build();
  ready.prepare();
  ready.prepare();
  const servers = [{ urls: ["stun:stun.example"] }];
  expect(ready.take({ iceServers: servers })).toBe(made[0]);
  expect(made[0]?.configuration.iceServers).toEqual(servers);
  expect(ready.take({})).toBe(made[1]);
  expect(made.length).toBe(2);
});

test("each video codec starts higher, and nothing else changes", () => {
  const sdp = [
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtpmap:102 H264/90000",
    "a=fmtp:102 packetization-mode=1",
    "",
  ];
  const changed = withStartBitrate(sdp.join("\r\n")).split("\r\n");
  expect(changed.filter((line) => line.includes("x-google"))).toEqual([
    "a=fmtp:96 x-google-start-bitrate=1000",
    "a=fmtp:102 packetization-mode=1;x-google-start-bitrate=1000",
  ]);
  expect(changed.indexOf("a=fmtp:96 x-google-start-bitrate=1000")).toBe(6);
  expect(changed.length).toBe(sdp.length + 1);
});
