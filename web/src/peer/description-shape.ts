// Checks the sections of a stranger's description before the browser builds anything for them. Pure.

const SECTION = /^m=([^ \r\n]*)/gm;
const KINDS = ["audio", "video", "application"];

/** Returns whether there is at most one section for sound, one for a picture and one for data, and no other. */
export function hasFewSections(sdp: string): boolean {
  const kinds = [...sdp.matchAll(SECTION)].map(([, kind = ""]) => kind);
  return kinds.every((kind, place) => KINDS.includes(kind) && kinds.indexOf(kind) === place);
}
