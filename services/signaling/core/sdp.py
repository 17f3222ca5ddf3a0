"""Parses SDPs by the grammar of what browsers write, and writes them out again.

Sources: RFC 8866 (SDP), RFC 8829 (JSEP), and the RFCs of the attributes. An attribute that is not in the
table, or has another value, is dropped: a newer browser may write it, and calls work without it. Other kinds
of lines are refused. Addresses are written only in candidates, because ICE ignores all others.
"""

import re

from msgspec import Struct

from services.contract.errors import DescriptionRefused

from .ice_candidate import ICE_UFRAG, IceCandidate, parse_candidate

MID = "[A-Za-z0-9_-]{1,64}"
"""The grammar of a section's name (RFC 5888)."""

_ID = "[A-Za-z0-9_{}+/=-]{1,64}"
_WORD = "[A-Za-z0-9-]{1,32}"
_PAYLOAD = "[0-9]{1,3}"
_DIRECTION = "(?:sendrecv|sendonly|recvonly|inactive)"
_EXTENSION = (
    "(?:urn:(?:ietf|3gpp):[a-z0-9:-]{1,96}|"
    r"https?://(?:(?:www|tools)\.ietf\.org|www\.webrtc\.org|aomediacodec\.github\.io)/[A-Za-z0-9/#-]{1,96})"
)

# No value has room for an IP address, except one that is none.
_ATTRIBUTES = {
    "bundle-only": "",
    "end-of-candidates": "",
    "extmap": f":[0-9]{{1,3}}(?:/{_DIRECTION})? {_EXTENSION}",
    "extmap-allow-mixed": "",
    "fingerprint": ":sha-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}",
    "fmtp": f":{_PAYLOAD} [A-Za-z0-9_=;,/+ -]{{1,256}}",
    "group": f":BUNDLE(?: {MID}){{0,3}}",
    "ice-options": f":{_WORD}(?: {_WORD}){{0,3}}",
    "ice-pwd": ":[A-Za-z0-9+/]{22,64}",
    "ice-ufrag": f":{ICE_UFRAG}",
    "inactive": "",
    "max-message-size": ":[0-9]{1,10}",
    "mid": f":{MID}",
    "msid": f":{_ID}(?: {_ID})?",
    "msid-semantic": rf": ?WMS(?: (?:{_ID}|\*)){{0,3}}",
    "recvonly": "",
    "rtcp": r":9 IN IP4 0\.0\.0\.0",
    "rtcp-fb": rf":(?:{_PAYLOAD}|\*) {_WORD}(?: {_WORD}){{0,2}}",
    "rtcp-mux": "",
    "rtcp-rsize": "",
    "rtcp-xr": ":rcvr-rtt=(?:all|sender)",
    "rtpmap": f":{_PAYLOAD} {_WORD}/[0-9]{{1,6}}(?:/[0-9]{{1,2}})?",
    "sctp-port": ":[0-9]{1,5}",
    "sendonly": "",
    "sendrecv": "",
    "setup": ":(?:actpass|active|passive)",
    "ssrc": f":[0-9]{{1,10}} (?:cname|msid|mslabel|label):{_ID}(?: {_ID})?",
    "ssrc-group": ":(?:FID|FEC|FEC-FR|SIM)(?: [0-9]{1,10}){1,6}",
}

_ATTRIBUTE = re.compile(f"a=(?:{'|'.join(name + value for name, value in _ATTRIBUTES.items())})")
_ORIGIN = re.compile("o=[!-~]{1,64} ([0-9]{1,20}) ([0-9]{1,20}) IN IP[46] [!-~]{1,64}")
_MEDIA = re.compile(
    f"(audio|video) ([0-9]{{1,5}}) ((?:UDP|TCP)/TLS/RTP/SAVPF(?: {_PAYLOAD}){{1,64}})"
    "|(application) ([0-9]{1,5}) ((?:UDP|TCP)/DTLS/SCTP webrtc-datachannel)"
)
_CONNECTION = re.compile("c=IN IP[46] [!-~]{1,64}")


class MediaSection(Struct, frozen=True):
    """A section of an SDP. `kind` is audio, video or application; `line` and `attributes` are whole lines."""

    kind: str
    line: str
    candidates: tuple[IceCandidate, ...]
    attributes: tuple[str, ...]


class BrowserSdp(Struct, frozen=True):
    """An SDP as a browser writes it. `origin` and `attributes` are whole lines."""

    origin: str
    attributes: tuple[str, ...]
    sections: tuple[MediaSection, ...]
    ufrag: str
    """The line with the first ICE user fragment, which an ICE restart changes."""


def parse_sdp(text: str) -> BrowserSdp:
    """Parse an SDP; raise `DescriptionRefused` if no browser writes it for an encrypted call."""
    if not text.endswith("\r\n"):
        raise DescriptionRefused("the description is cut off")
    head, *media = text[:-2].split("\r\nm=")
    origin, attributes = _parse_head(head.split("\r\n"))
    sections = tuple(_parse_section(section.split("\r\n")) for section in media)
    _check_kinds([section.kind for section in sections])
    lines = [*attributes, *(line for section in sections for line in section.attributes)]
    if len({line for line in lines if line.startswith("a=fingerprint:")}) != 1:
        raise DescriptionRefused("the description has no certificate fingerprint, or several")
    ufrag = next((line for line in lines if line.startswith("a=ice-ufrag:")), None)
    if ufrag is None:
        raise DescriptionRefused("the description has no ICE user fragment")
    return BrowserSdp(origin, attributes, sections, ufrag)


def write_sdp(sdp: BrowserSdp) -> str:
    """Write an SDP. It names no address and port, except in candidates: ICE ignores all others."""
    lines = ["v=0", sdp.origin, "s=-", "t=0 0", *sdp.attributes]
    for section in sdp.sections:
        lines += (section.line, "c=IN IP4 0.0.0.0", *(f"a={one.text}" for one in section.candidates))
        lines += section.attributes
    lines.append("")
    return "\r\n".join(lines)


def _parse_head(lines: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the origin without its address, and the attributes of the session."""
    origin = _ORIGIN.fullmatch(lines[1]) if len(lines) >= 4 else None
    if origin is None or lines[0] != "v=0" or lines[2:4] != ["s=-", "t=0 0"]:
        raise DescriptionRefused("the description is not an SDP of a browser")
    _, attributes = _parse_attributes(lines[4:])
    return f"o=- {origin[1]} {origin[2]} IN IP4 127.0.0.1", attributes


def _parse_section(lines: list[str]) -> MediaSection:
    media = _MEDIA.fullmatch(lines[0])
    if media is None:
        raise DescriptionRefused("the description asks for media that is neither audio, video nor data")
    if len(lines) < 2 or not _CONNECTION.fullmatch(lines[1]):
        raise DescriptionRefused("the description has a section without its address line")
    kind, port, formats = filter(None, media.groups())
    line = f"m={kind} {'9' if int(port) else '0'} {formats}"
    return MediaSection(kind, line, *_parse_attributes(lines[2:]))


def _parse_attributes(lines: list[str]) -> tuple[tuple[IceCandidate, ...], tuple[str, ...]]:
    """Return each candidate once, and the attributes of the table; raise `DescriptionRefused`."""
    candidates: dict[str, IceCandidate] = {}
    attributes = []
    for line in lines:
        if _ATTRIBUTE.fullmatch(line):
            attributes.append(line)
        elif line.startswith("a=candidate:"):
            if candidate := parse_candidate(line[2:]):
                candidates[candidate.text] = candidate
        elif not line.startswith("a="):
            raise DescriptionRefused("the description has a line that no browser writes")
    return tuple(candidates.values()), tuple(attributes)


def _check_kinds(kinds: list[str]) -> None:
    if not kinds or len(kinds) != len(set(kinds)):
        raise DescriptionRefused("the description has no media, or two sections of one kind")
