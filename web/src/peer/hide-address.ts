// Removes the visitor's own address from signals: only relay candidates stay, and without a related address
// (`raddr`). Browsers gather nothing else then, but some still name the address that the relay sees. Pure.

const CANDIDATE_LINE = /^a=(candidate:[^\r\n]*)\r?\n/gm;
const ADDRESS_LINE = /^(c=IN|a=rtcp:\d+ IN) (IP4|IP6) [^\r\n]*/gm;
const RELATED = / raddr \S+ rport \d+/;
const NOWHERE: Record<string, string> = { IP4: "IP4 0.0.0.0", IP6: "IP6 ::" };

/** Returns undefined for a candidate that shows an address. */
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
