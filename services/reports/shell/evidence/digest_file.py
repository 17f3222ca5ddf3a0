"""A file of SHA-256 digests of pictures that are known to be illegal. Zufall comes with none."""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from ...core.records import AnalysisTask

MOST = 1_000_000
"""Digests in a file: so many take 125 MB of memory."""

_LINE = re.compile(r"([0-9A-Fa-f]{64})(?:\s+([^\s\x00-\x1f][^\x00-\x1f]{0,63}))?")

Digests = Mapping[bytes, str]
"""To each digest the name of its list."""


class DigestFile:
    """Implements the port `KnownPictures`, for what was sent, or is kept, exactly as it is known."""

    def __init__(self, digests: Digests) -> None:
        self._digests = digests

    async def list_of(self, picture: AnalysisTask) -> str:
        return self._digests.get(picture.original_sha256) or self._digests.get(picture.sha256, "")


def read_digests(path: str) -> Digests:
    """A digest in hexadecimal on each line, and after it, if you like, the name of its list.

    Empty lines and those that begin with # say nothing. Raises `ValueError` with the first bad line.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            return parse(file, Path(path).stem)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is no text") from None


def parse(lines: Iterable[str], name: str) -> Digests:
    """`name` is that of the list where a line has none."""
    digests: dict[bytes, str] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"line {number} is no SHA-256 digest in hexadecimal, or its list has no name")
        digests[bytes.fromhex(found[1])] = sys.intern(found[2] or name)
        if len(digests) > MOST:
            raise ValueError(f"more than {MOST} digests; use a matcher for so many")
    return MappingProxyType(digests)
