// A connection whose call changes between audio and video.

import { expect, test, vi } from "vitest";
import { FakeConnection } from "./fake-connection";
import { settle } from "./helpers";
import { build, coarse, type Side, stream, talk, withoutABrowser } from "./peers";

withoutABrowser();

const VIDEO = ["audio", "video"] as const;
const sound = { getTracks: () => stream.getTracks().slice(0, 1) } as unknown as MediaStream;
const camera = stream.getTracks()[1] as MediaStreamTrack;
const sends = ({ connection }: Side) => connection.senders.map(({ track }) => track?.kind ?? "nothing");

/** Builds two sides that talk, and what arrives at the polite one. */
async function inAudio(): Promise<{ impolite: Side; polite: Side; heard: () => string[] }> {
  let arrived: MediaStream | undefined;
  const side = (isPolite: boolean) => {
    let connection = new FakeConnection();
    const made = build(isPolite, {
      kinds: ["audio"],
      stream: sound,
      encoding: coarse,
      onTrack: (stream) => {
        if (isPolite) arrived = stream;
      },
      connection: (configuration) => {
        connection = new FakeConnection(configuration);
        connection.hasSections = true;
        return connection as unknown as RTCPeerConnection;
      },
    });
    return { ...made, connection };
  };
  const [impolite, polite] = [side(false), side(true)];
  await talk(impolite, polite);
  return { impolite, polite, heard: () => arrived?.getTracks().map(({ kind }) => kind) ?? [] };
}

test.each([
  ["the impolite side is first", true],
  ["the polite side is first", false],
])("video comes with one more offer of the impolite side, if %s", async (_, impoliteFirst) => {
  const { impolite, polite } = await inAudio();
  const order = impoliteFirst ? [impolite, polite] : [polite, impolite];
  for (const { peer } of order) void peer.setKinds(VIDEO, stream);
  await talk(impolite, polite);
  expect([sends(impolite), sends(polite)]).toEqual([
    ["audio", "video"],
    ["audio", "video"],
  ]);
  expect([impolite.connection.offers, polite.connection.offers]).toEqual([2, 0]);
  for (const { connection } of [impolite, polite])
    expect(connection.senders[1]?.encodings).toMatchObject([{ scaleResolutionDownBy: 16 }]);
});

test("a polite side that has not agreed yet sends no picture, and takes none", async () => {
  const { impolite, polite, heard } = await inAudio();
  await impolite.peer.setKinds(VIDEO, stream);
  await talk(impolite, polite);
  polite.connection.ontrack?.({ track: { kind: "audio" } });
  polite.connection.ontrack?.({ track: camera });
  expect([sends(polite), heard()]).toEqual([["audio"], ["audio"]]);
});

test("a picture that came too early is shown when this side agrees", async () => {
  const { impolite, polite, heard } = await inAudio();
  await impolite.peer.setKinds(VIDEO, stream);
  await talk(impolite, polite);
  polite.connection.receivers.push({ track: camera, getSynchronizationSources: () => [] });
  await polite.peer.setKinds(VIDEO, stream);
  await talk(impolite, polite);
  expect([heard(), sends(polite)]).toEqual([["video"], ["audio", "video"]]);
  expect([impolite.connection.offers, polite.connection.offers]).toEqual([2, 1]);
});

test("a camera that is opened before both agree is not sent", async () => {
  const { impolite } = await inAudio();
  await impolite.peer.replace(camera);
  await settle();
  expect(sends(impolite)).toEqual(["audio"]);
});

test("back in audio no picture is sent, not even of a camera that is opened again", async () => {
  const { impolite, polite } = await inAudio();
  for (const { peer } of [impolite, polite]) void peer.setKinds(VIDEO, stream);
  await talk(impolite, polite);
  for (const { peer } of [impolite, polite]) await peer.setKinds(["audio"], sound);
  expect([sends(impolite), sends(polite)]).toEqual([
    ["audio", "nothing"],
    ["audio", "nothing"],
  ]);
  await impolite.peer.replace(camera);
  await settle();
  expect(sends(impolite)).toEqual(["audio", "nothing"]);
  for (const { peer } of [impolite, polite]) await peer.setKinds(VIDEO, stream);
  await talk(impolite, polite);
  expect([sends(impolite), sends(polite)]).toEqual([
    ["audio", "video"],
    ["audio", "video"],
  ]);
  expect([impolite.connection.offers, polite.connection.offers]).toEqual([2, 0]);
});

test("a connection with expired credentials begins when there are new ones", async () => {
  const renewCredentials = vi.fn();
  const ice = { servers: [], policy: "all", expires_in: 0 } as const;
  const { peer, sent } = build(false, { ice: { ...ice, servers: [] }, renewCredentials });
  await settle();
  expect([sent, renewCredentials.mock.calls.length]).toEqual([[], 1]);
  peer.updateIce({ servers: [], policy: "all", expires_in: 120 });
  await settle();
  expect(sent).toMatchObject([{ type: "description", description: { type: "offer" } }]);
});
