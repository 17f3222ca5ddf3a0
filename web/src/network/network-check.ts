// Finds out before Start whether this network lets direct calls through, by asking the site's own STUN servers. It is
// loaded only where a call may go directly, and no other server learns of it.

import { type FoundCandidate, type NetworkKind, networkKind } from "../core/network-kind";

/** A server that has not answered by then does not. Browsers ask it several times until then. */
const TIMEOUT_MS = 5_000;

type Connect = (configuration: RTCConfiguration) => RTCPeerConnection;

export async function checkNetwork(
  urls: readonly string[],
  connect: Connect = (configuration) => new RTCPeerConnection(configuration),
): Promise<NetworkKind> {
  // Each server is asked from the same socket.
  const connection = connect({ iceServers: urls.map((url) => ({ urls: url })), bundlePolicy: "max-bundle" });
  try {
    return networkKind(await gather(connection));
  } finally {
    connection.close();
  }
}

async function gather(connection: RTCPeerConnection): Promise<FoundCandidate[]> {
  const found: FoundCandidate[] = [];
  const done = new Promise<void>((resolve) => {
    setTimeout(resolve, TIMEOUT_MS);
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) found.push(candidate);
      else if (!candidate) resolve();
    };
  });
  connection.createDataChannel(""); // without a section there is nothing to gather for
  await connection.setLocalDescription();
  await done;
  return found;
}
