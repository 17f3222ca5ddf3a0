// What a browser is told of the ICE servers, and whether it may show a stranger my address.

import type { Ice } from "../messages.generated";

/** `hidden`: media only through a relay, from the first candidate on, if there is one. */
export function configurationOf(ice: Ice, hidden = false): RTCConfiguration {
  const iceServers = ice.servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username ? { username } : {}),
    ...(credential ? { credential } : {}),
  }));
  const relayed = ice.policy === "relay" || (hidden && hasRelay(ice));
  return { iceServers, bundlePolicy: "max-bundle", iceTransportPolicy: relayed ? "relay" : "all" };
}

function hasRelay({ servers }: Ice): boolean {
  return servers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
}
