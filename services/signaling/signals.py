"""What a description and candidates may say: an SDP is checked, candidates obey the operator's policy.

`relay`: only relayed candidates pass. `public`: private, loopback and link-local hosts are dropped.
`all`: everything passes. Grammar: RFC 8866 (SDP), RFC 8839 (candidates).
"""

import ipaddress
import re

import msgspec

from services.contract.errors import DescriptionRefused

from .messages import Candidate, Candidates, Description, SessionDescription, encode

# Searches for what is wrong: several times faster than a match of all that is right.
_FOREIGN_LINE = re.compile(r"\n(?![vosiuepcbtrzkam]=[^\r\n]|\Z)")
_FOREIGN_MEDIA = re.compile(r"\nm=(?!audio |video |application )")
_LONG_LINE = re.compile(r"[^\n]{2048}")
_CANDIDATE_LINE = re.compile(r"^a=(candidate:[^\r\n]*)\r?\n", re.MULTILINE)


def check_description(description: SessionDescription) -> None:
    """Raises `DescriptionRefused` unless the SDP is one that a browser makes for an encrypted call."""
    if description.type == "rollback":
        return
    sdp = description.sdp
    if not (sdp.startswith("v=0") and sdp.endswith("\n") and sdp.count("\r") in (0, sdp.count("\r\n"))):
        raise DescriptionRefused("the description is not an SDP")
    if _FOREIGN_LINE.search(sdp) or _LONG_LINE.search(sdp):
        raise DescriptionRefused("the description has a line that no SDP has")
    if "\na=fingerprint:" not in sdp:
        raise DescriptionRefused("the description has no certificate fingerprint")
    if _FOREIGN_MEDIA.search(sdp):
        raise DescriptionRefused("the description asks for media that is neither audio, video nor data")


def screen_description(message: Description, frame: bytes, policy: str) -> bytes:
    """The frame to relay, without the candidates that the policy holds back; or `DescriptionRefused`."""
    check_description(message.description)
    if policy == "all" or "\na=candidate:" not in message.description.sdp:
        return frame
    sdp = _CANDIDATE_LINE.sub(
        lambda line: line[0] if allows(line[1], policy) else "", message.description.sdp
    )
    return encode(
        msgspec.structs.replace(message, description=SessionDescription(message.description.type, sdp))
    )


def screen_candidates(message: Candidates, frame: bytes, policy: str) -> bytes | None:
    """The frame to relay, or None when the policy holds every candidate back."""
    if policy == "all":
        return frame
    allowed = [candidate for candidate in message.candidates if _passes(candidate, policy)]
    if len(allowed) == len(message.candidates):
        return frame
    return encode(msgspec.structs.replace(message, candidates=allowed)) if allowed else None


def _passes(candidate: Candidate, policy: str) -> bool:
    return not candidate.candidate or allows(candidate.candidate, policy)  # empty: the end of candidates


def allows(line: str, policy: str) -> bool:
    """Whether `candidate:…` may reach a stranger. What cannot be read does not pass."""
    fields = line.split()
    if len(fields) < 8 or fields[6] != "typ":
        return False
    kind, address = fields[7], fields[4]
    if policy == "relay":
        return kind == "relay"
    return kind != "host" or address.endswith(".local") or _is_public(address)


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
