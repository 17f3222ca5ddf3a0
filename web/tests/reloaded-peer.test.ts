import { describe, expect, test, vi } from "vitest";
import type { Ice } from "../src/messages.generated";
import type { PeerOptions, Signal } from "../src/peer";
import { FakeConnection } from "./fake-connection";
import { settle } from "./helpers";
import { build, type Side, talk, withoutABrowser } from "./peers";

withoutABrowser();

let number = 0;

/** Builds a side whose connections have fingerprints. The last one is in use. */
function side(polite: boolean, more: Partial<PeerOptions> = {}) {
  const connections: FakeConnection[] = [];
  const links: string[] = [];
  const made = build(polite, {
    connection: (configuration) => {
      const connection = new FakeConnection(configuration, `${++number}`);
      connections.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
    onLink: (link) => links.push(link),
    ...more,
  });
  return { ...made, connections, links };
}

/** Brings two into a call, of whom the `polite` or the other one loads the page again. */
async function reload(polite: boolean) {
  const [before, partner] = [side(polite), side(!polite)];
  await talk(before, partner);
  partner.connections[0]?.become("connected");
  before.peer.close();
  const former = before.peer.fingerprint;
  return { partner, former };
}

const states = (...sides: { connections: FakeConnection[] }[]) =>
  sides.map(({ connections }) => connections.at(-1)?.signalingState);
const answered = ({ connections }: { connections: FakeConnection[] }) =>
  connections.at(-1)?.remoteDescription?.sdp;

describe.each([true, false])("after a reload of a side that is polite: %s", (polite) => {
  test("the new page offers at once, and the stranger's page takes another connection", async () => {
    const { partner, former } = await reload(polite);
    const again = side(polite, { former });
    await talk(again, partner);
    expect([partner.connections.length, again.connections.length]).toEqual([2, 1]);
    expect(partner.connections[0]?.signalingState).toBe("closed");
    expect(states(again, partner)).toEqual(["stable", "stable"]);
    expect(partner.connections[1]?.tracks).toEqual(["audio", "video"]);
    expect(answered(again)).toContain("answer to");
    expect(partner.links.at(-1)).toBe("interrupted");
    partner.connections[1]?.become("connected");
    expect(partner.links.at(-1)).toBe("connected");
  });

  test("an offer of the stranger's old connection does not get in the way", async () => {
    const { partner, former } = await reload(polite);
    partner.connections[0]?.restartIce(); // as after a lost connection
    await settle();
    const again = side(polite, { former });
    await talk(again, partner);
    expect(states(again, partner)).toEqual(["stable", "stable"]);
    expect([partner.connections.length, again.connections.length]).toEqual([2, 1]);
    expect(partner.connections[1]?.remoteDescription?.sdp).toBe(again.connections[0]?.localDescription?.sdp);
  });

  test("signals wait until the devices are open", async () => {
    const { partner, former } = await reload(polite);
    let open = (_: MediaStream) => {};
    const later = new Promise<MediaStream>((resolve) => {
      open = resolve;
    });
    const again = side(polite, { former, later });
    again.peer.setReachable(true);
    partner.peer.setReachable(true);
    await talk(again, partner);
    expect(again.connections[0]?.tracks).toEqual([]);
    open({ getTracks: () => [{ kind: "audio" }] } as unknown as MediaStream);
    await talk(again, partner);
    expect(again.connections[0]?.tracks).toEqual(["audio", "video recvonly"]);
    expect(states(again, partner)).toEqual(["stable", "stable"]);
  });

  test("a page that loads a second time gets a third connection", async () => {
    const { partner, former } = await reload(polite);
    const again = side(polite, { former });
    await talk(again, partner);
    again.peer.close();
    const third = side(polite, { former: again.peer.fingerprint });
    await talk(third, partner);
    expect(states(third, partner)).toEqual(["stable", "stable"]);
    expect(partner.connections.length).toBe(3);
  });
});

test("another connection waits for credentials that are valid", async () => {
  const renew = vi.fn();
  const ice: Ice = { servers: [], policy: "all", expires_in: 60 };
  const [before, partner] = [side(false), side(true, { ice, renewCredentials: renew })];
  await talk(before, partner);
  await vi.advanceTimersByTimeAsync(60_000);
  const again = side(false, { former: before.peer.fingerprint });
  await settle();
  const taken = Promise.all(again.sent.splice(0).map((signal) => partner.peer.receive(signal)));
  await settle();
  expect([renew.mock.calls.length, partner.connections.length]).toEqual([1, 1]);
  partner.peer.updateIce({ ...ice, policy: "relay" });
  await taken;
  expect(partner.connections[1]?.configuration.iceTransportPolicy).toBe("relay");
});

test("two pages that load again at the same time find each other", async () => {
  const [one, other] = [side(true), side(false)];
  await talk(one, other);
  const again = [
    side(true, { former: one.peer.fingerprint }),
    side(false, { former: other.peer.fingerprint }),
  ] as const;
  await talk(...again);
  expect(states(...again)).toEqual(["stable", "stable"]);
});

test("candidates of the stranger's old connection are left out", async () => {
  const polite = side(true);
  const offer = { type: "offer", sdp: "a=ice-ufrag:new\r\n" } as const;
  await polite.peer.receive({ type: "description", match: "m1", description: offer });
  const candidates = ["old", "new"].map((usernameFragment) => ({ candidate: "c", usernameFragment }));
  await polite.peer.receive({ type: "candidates", match: "m1", candidates });
  expect(polite.connections[0]?.candidates).toEqual([candidates[1]]);
});

test("an offer that its connection was making when it was replaced is not sent", async () => {
  const { partner, former } = await reload(true);
  partner.connections[0]?.restartIce();
  const [offer] = await offersOf(side(true, { former }));
  const sentBefore = partner.sent.length;
  await partner.peer.receive(offer as Signal);
  const said = partner.sent.slice(sentBefore).filter(({ type }) => type === "description");
  expect(said).toMatchObject([{ description: { type: "answer" } }]);
});

async function offersOf(one: Side): Promise<Signal[]> {
  await settle();
  return one.sent.splice(0);
}
