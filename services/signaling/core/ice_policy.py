"""Checks descriptions, and removes candidates that the operator's ICE policy forbids.

`relay` lets only relay candidates pass. `public` removes candidates with a private, loopback or link-local
address. Both also hide the addresses that an SDP holds elsewhere. `all` lets everything pass. Grammar: RFC
8866 (SDP), RFC 8839 (candidates), RFC 8840 (hidden addresses).
"""

import ipaddress
import re

import msgspec

from services.contract import addresses
from services.contract.errors import DescriptionRefused

from .messages import Candidate, Candidates, Description, SessionDescription

# To search for wrong lines is several times faster than to match all right ones.
_FOREIGN_LINE = re.compile(r"\n(?![vosiuepcbtrzkam]=[^\r\n]|\Z)")
_FOREIGN_MEDIA = re.compile(r"\nm=(?!audio |video |application )")
_LONG_LINE = re.compile(r"\n[^\n]{2048}")
_RELATED = re.compile(r" raddr \S+ rport \d+")
_ADDRESS_LINE = re.compile(r"^(c=IN|a=rtcp:\d+ IN) (IP4|IP6) [^\r\n]*", re.MULTILINE)
# Python's `is_private` also holds documentation networks, and lacks site-local ones.
_PRIVATE = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
        *("::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
]
_NOWHERE = {"IP4": "IP4 0.0.0.0", "IP6": "IP6 ::"}
_GENERATION = re.compile(r"\na=ice-ufrag:(\S+)")
_CANDIDATE_LINE = re.compile(r"^a=(candidate:[^\r\n]*)\r?\n", re.MULTILINE)


def check_description(description: SessionDescription) -> None:
    """Raise `DescriptionRefused` unless the SDP is one that a browser makes for an encrypted call."""
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


def filter_description(message: Description, policy: str) -> Description:
    """Return the message without forbidden candidates, itself if it has none; raise `DescriptionRefused`."""
    check_description(message.description)
    if policy == "all":
        return message
    sdp = _CANDIDATE_LINE.sub(
        lambda line: f"a={_hidden(line[1])}\r\n" if is_allowed(line[1], policy) else "",
        message.description.sdp,
    )
    sdp = _ADDRESS_LINE.sub(lambda line: f"{line[1]} {_NOWHERE[line[2]]}", sdp)
    if sdp == message.description.sdp:
        return message
    return msgspec.structs.replace(message, description=SessionDescription(message.description.type, sdp))


def candidates_in(sdp: str) -> list[str]:
    """Return `candidate:…` of every line that has one."""
    return _CANDIDATE_LINE.findall(sdp) if "a=candidate:" in sdp else []


def ice_generation(sdp: str) -> str:
    """Return the ICE user fragment, which a restart changes; it is empty in a rollback."""
    found = _GENERATION.search(sdp)
    return found[1] if found else ""


def filter_candidates(message: Candidates, policy: str) -> Candidates | None:
    """Return the message with the allowed candidates, itself if all are, or None if none is."""
    if policy == "all":
        return message
    allowed = [
        msgspec.structs.replace(candidate, candidate=_hidden(candidate.candidate))
        for candidate in message.candidates
        if _is_passing(candidate, policy)
    ]
    if allowed == message.candidates:
        return message
    return msgspec.structs.replace(message, candidates=allowed) if allowed else None


def _hidden(line: str) -> str:
    """Return the candidate without its related address."""
    return _RELATED.sub(r" raddr 0.0.0.0 rport 0", line)


def _is_passing(candidate: Candidate, policy: str) -> bool:
    is_end = not candidate.candidate
    return is_end or is_allowed(candidate.candidate, policy)


def is_allowed(line: str, policy: str) -> bool:
    """Return whether `candidate:…` may reach a stranger. One that cannot be read may not."""
    fields = line.split(" ")  # only at spaces, as browsers do, not at every Unicode blank
    if len(fields) < 8 or fields[6] != "typ":
        return False
    kind, address = fields[7], fields[4]
    if policy == "relay":
        return kind == "relay"
    return kind == "relay" or address.endswith(".local") or _is_public(address)


def _is_public(address: str) -> bool:
    parsed = addresses.parse_ip(address)
    return parsed is not None and not any(parsed in network for network in _PRIVATE)
