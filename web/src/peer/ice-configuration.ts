// The configuration of a connection: its ICE servers, and whether it may show my address.

import type { Ice } from "../messages.generated";

/** `hidden` sends media only through a relay, if there is one. */
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
