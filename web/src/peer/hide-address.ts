// What a visitor who hides says of their way: relayed candidates only, and no address behind or beside them. Pure.
// Browsers are told to gather nothing else; some of them still name the address that the relay sees (`raddr`).

const CANDIDATE_LINE = /^a=(candidate:[^\r\n]*)\r?\n/gm;
const ADDRESS_LINE = /^(c=IN|a=rtcp:\d+ IN) (IP4|IP6) [^\r\n]*/gm;
const RELATED = / raddr \S+ rport \d+/;
const NOWHERE: Record<string, string> = { IP4: "IP4 0.0.0.0", IP6: "IP6 ::" };

/** Undefined: it says where somebody is. */
export function hiddenCandidate(candidate: string): string | undefined {
  const relayed = / typ relay(?: |$)/.test(candidate);
  return relayed ? candidate.replace(RELATED, " raddr 0.0.0.0 rport 0") : undefined;
}

export function hiddenDescription(sdp: string): string {
  return sdp
    .replace(CANDIDATE_LINE, (_, candidate: string) => {
      const hidden = hiddenCandidate(candidate);
      return hidden ? `a=${hidden}\r\n` : "";
    })
    .replace(ADDRESS_LINE, (_, before: string, kind: string) => `${before} ${NOWHERE[kind]}`);
}
