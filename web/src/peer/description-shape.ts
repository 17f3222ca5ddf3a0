// Reads a stranger's description before the browser builds anything for it: its sections, and whose it is. Pure.

import type { Candidate } from "../messages.generated";

const SECTION = /^m=([^ \r\n]*)/gm;
const KINDS = ["audio", "video", "application"];

/** Returns whether there is at most one section for sound, one for a picture and one for data, and no other. */
export function hasFewSections(sdp: string): boolean {
  const kinds = [...sdp.matchAll(SECTION)].map(([, kind = ""]) => kind);
  return kinds.every((kind, place) => KINDS.includes(kind) && kinds.indexOf(kind) === place);
}

/** Returns whether it has a section for this kind of media. */
export function hasSection(description: { sdp?: string } | null, kind: string): boolean {
  return [...(description?.sdp ?? "").matchAll(SECTION)].some(([, found]) => found === kind);
}

/** Returns whether it names one end of a connection, and not another one for each section. */
export function hasOneFingerprint(sdp: string): boolean {
  return new Set(sdp.match(/^a=fingerprint:[^\r\n]*/gim)).size < 2;
}

/** Returns the fingerprint of the connection that wrote the description. Each connection has another one. */
export function fingerprintOf(description: { sdp?: string } | null): string | undefined {
  return description?.sdp?.match(/^a=fingerprint:([^\r\n]*)/m)?.[1];
}

/** Returns whether a candidate may belong to this description. */
export function mayBelong(candidate: Candidate, sdp: string): boolean {
  const fragments = [...sdp.matchAll(/^a=ice-ufrag:([^\r\n]*)/gm)].map(([, fragment]) => fragment);
  const { usernameFragment } = candidate;
  return !usernameFragment || fragments.length === 0 || fragments.includes(usernameFragment);
}
