"""Reads what browsers write: the descriptions and candidates in the folder `descriptions`."""

from pathlib import Path

import msgspec

from services.signaling.core.messages import Candidate

_FOLDER = Path(__file__).parent / "descriptions"

DESCRIPTIONS: dict[str, str] = {
    f"{path.parent.name}/{path.stem}": path.read_bytes().decode() for path in sorted(_FOLDER.glob("*/*.sdp"))
}
"""The SDPs by browser and case, such as `firefox/video-offer`."""

CANDIDATES: list[Candidate] = [
    candidate
    for path in sorted(_FOLDER.glob("*/candidates.json"))
    for candidate in msgspec.json.decode(path.read_bytes(), type=list[Candidate])
]


def host(address: str, kind: str = "host") -> str:
    """Return a candidate with this address."""
    return f"candidate:1 1 udp 2122260223 {address} 54021 typ {kind}"


def insert(sdp: str, *lines: str, after: str = "\r\na=mid:0\r\n") -> str:
    """Return the SDP with lines in its first section."""
    assert sdp.count(after) == 1
    return sdp.replace(after, after + "".join(f"{line}\r\n" for line in lines))
