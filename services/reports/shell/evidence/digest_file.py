"""Reads a file of SHA-256 digests of pictures known to be illegal. No such file comes with Zufall."""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from ...core.records import AnalysisTask

MAX_DIGESTS = 1_000_000
"""So many digests take 125 MB of memory."""

_LINE = re.compile(r"([0-9A-Fa-f]{64})(?:\s+([^\s\x00-\x1f][^\x00-\x1f]{0,63}))?")

Digests = Mapping[bytes, str]
"""Maps each digest to the name of its list."""


class DigestFile:
    """Implements the port `KnownPictures`; compares the digests of the upload and of the kept picture."""

    def __init__(self, digests: Digests) -> None:
        self._digests = digests

    async def list_of(self, task: AnalysisTask) -> str:
        return self._digests.get(task.original_sha256) or self._digests.get(task.sha256, "")


def read_digests(path: str) -> Digests:
    """Read a digest in hexadecimal from each line, and after it the name of its list, if given.

    Empty lines and those that begin with # are ignored. Raises `ValueError` with the first bad line.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            return parse_digests(file, Path(path).stem)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is not a text file") from None


def parse_digests(lines: Iterable[str], name: str) -> Digests:
    """Parse the lines; `name` is the name of the list where a line has none."""
    digests: dict[bytes, str] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"line {number} is not a SHA-256 digest in hexadecimal, or its list has no name")
        digests[bytes.fromhex(found[1])] = sys.intern(found[2] or name)
        if len(digests) > MAX_DIGESTS:
            raise ValueError(f"more than {MAX_DIGESTS} digests; use a picture matching service for that many")
    return MappingProxyType(digests)
