"""Decides, by the operator's ICE policy, which candidates may reach a stranger.

`relay` lets only relay candidates pass. `public` also lets others pass, and the random names that only the
own network resolves (mDNS). Both let no address pass that is not global, whatever the type of its candidate.
`all` lets everything pass that a browser writes.
"""

import re

import msgspec

from services.contract import addresses

from .ice_candidate import ICE_UFRAG, IceCandidate, parse_candidate
from .messages import Candidate
from .sdp import MID, BrowserSdp

_MID = re.compile(f"(?:{MID})?")
_UFRAG = re.compile(f"(?:{ICE_UFRAG})?")


def is_allowed(candidate: IceCandidate, policy: str) -> bool:
    """Return whether the candidate may reach a stranger."""
    if policy == "all":
        return True
    if policy == "relay" and candidate.kind != "relay":
        return False
    return candidate.address is None or addresses.is_global(candidate.address)


def allowed_description(sdp: BrowserSdp, policy: str) -> BrowserSdp:
    """Return the SDP without the candidates that the policy forbids."""
    sections = tuple(
        msgspec.structs.replace(
            section, candidates=tuple(one for one in section.candidates if is_allowed(one, policy))
        )
        for section in sdp.sections
    )
    return msgspec.structs.replace(sdp, sections=sections)


def allowed_candidates(candidates: list[Candidate], policy: str) -> list[Candidate]:
    """Return those that a browser writes and the policy allows, without their related addresses."""
    written = (_write_if_allowed(candidate, policy) for candidate in candidates)
    return [candidate for candidate in written if candidate is not None]


def _write_if_allowed(candidate: Candidate, policy: str) -> Candidate | None:
    mid, ufrag = candidate.sdp_mid or "", candidate.username_fragment or ""
    if not (_MID.fullmatch(mid) and _UFRAG.fullmatch(ufrag)):
        return None
    if not candidate.candidate:
        return candidate  # it marks the end of the candidates
    parsed = parse_candidate(candidate.candidate)
    if parsed is None or not is_allowed(parsed, policy):
        return None
    return msgspec.structs.replace(candidate, candidate=parsed.text)
