// Tells from what STUN servers answer whether a network lets direct calls through. Pure. See RFC 5389, RFC 4787.

/** The part of an `RTCIceCandidate` that is needed here. Browsers leave out what they do not know. */
export interface FoundCandidate {
  type: string | null;
  address: string | null;
  port: number | null;
  relatedAddress: string | null;
  relatedPort: number | null;
}

/**
 * `open`: the servers answered, and each saw the same address. `changing`: each server saw another port of one socket,
 * so a stranger is often not let in. `closed`: no server answered, so packets (UDP) probably do not get out or back.
 */
export type NetworkKind = "open" | "changing" | "closed";

export interface Gathered {
  candidates: readonly FoundCandidate[];
  /** The browser reported a server that could not be reached, or waited in vain. */
  failed: boolean;
}

/**
 * Takes what was gathered with STUN servers alone. Returns undefined if it says nothing: for example, a browser names
 * no address twice, so that of a computer without a router is not named again.
 */
export function networkKind({ candidates, failed }: Gathered): NetworkKind | undefined {
  const seen = candidates.filter(({ type }) => type === "srflx");
  if (seen.length === 0 && candidates.some(isGlobalHost)) return "open";
  if (seen.length === 0) return failed ? "closed" : undefined;
  const ports = new Map<string, Set<number | null>>();
  for (const { relatedAddress, relatedPort, port } of seen) {
    if (!relatedPort) continue; // hidden by the browser, so sockets cannot be told apart
    const socket = `${relatedAddress} ${relatedPort}`;
    ports.set(socket, (ports.get(socket) ?? new Set()).add(port));
  }
  return [...ports.values()].some(({ size }) => size > 1) ? "changing" : "open";
}

/** Not an address of a home or a company, of this computer, or a name that hides one (mDNS). */
const LOCAL =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe[89ab])|\.local$/i;

function isGlobalHost({ type, address }: FoundCandidate): boolean {
  return type === "host" && address !== null && address !== "" && !LOCAL.test(address);
}
