// Finds out before Start whether this network lets direct calls through, by asking the site's own STUN servers. It is
// loaded only where a call may go directly, and no other server learns of it.

import { type FoundCandidate, type Gathered, type NetworkKind, networkKind } from "../core/network-kind";

/** A server that has not answered by then does not. Browsers ask it several times until then. */
const TIMEOUT_MS = 5_000;

type Connect = (configuration: RTCConfiguration) => RTCPeerConnection;

export async function checkNetwork(
  urls: readonly string[],
  connect: Connect = (configuration) => new RTCPeerConnection(configuration),
): Promise<NetworkKind | undefined> {
  // Each server is asked from the same socket.
  const connection = connect({ iceServers: urls.map((url) => ({ urls: url })), bundlePolicy: "max-bundle" });
  try {
    return networkKind(await gather(connection));
  } finally {
    connection.close();
  }
}

async function gather(connection: RTCPeerConnection): Promise<Gathered> {
  const candidates: FoundCandidate[] = [];
  let failed = false;
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(true), TIMEOUT_MS);
    connection.onicecandidateerror = () => {
      failed = true;
    };
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) candidates.push(candidate);
      else if (!candidate) resolve(false);
    };
  });
  connection.createDataChannel(""); // without a section there is nothing to gather for
  await connection.setLocalDescription();
  return { failed: (await late) || failed, candidates };
}
