"""Checks an archive: that each file is as it was signed, and that none was added or is missing."""

import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .case_export import KEY, SIGNATURE, SUMS
from .export_signature import PublicExportKey, parse_public_key

_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n\x00]+)", re.ASCII)
_PROOFS = {SUMS, SIGNATURE, KEY}
_MOST_BYTES = 64 * 1024 * 1024
"""No list of digests is as long."""

_CHUNK = 1024 * 1024

_DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)
"""What `zipfile` raises for an archive whose parts do not fit together."""


class ExportChanged(Exception):
    """Says in one sentence what is wrong with an archive."""


@dataclass(frozen=True, slots=True)
class SignedExport:
    """What an archive that is whole consists of."""

    files: int
    key: PublicExportKey


def check_export(path: Path) -> SignedExport:
    """Check an archive by the key in it; raise `ExportChanged`, or `OSError`.

    Whoever changed all of it has signed it with another key, so compare the key.
    """
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return _check(archive)
        except _DAMAGE as error:
            raise ExportChanged(f"{path} is no archive, or is damaged: {error}") from None


def _check(archive: zipfile.ZipFile) -> SignedExport:
    names = archive.namelist()
    if any(one.compress_type != zipfile.ZIP_STORED for one in archive.infolist()):
        raise ExportChanged("a file is compressed, as no export is")  # it could unpack to any size
    if len(names) != len({*names}):
        raise ExportChanged("two files have one name")
    if missing := _PROOFS - {*names}:
        raise ExportChanged(f"{min(missing)} is missing")
    sums, signature = _read(archive, SUMS), _read(archive, SIGNATURE)
    try:
        key = parse_public_key(_read(archive, KEY))
    except ValueError:
        raise ExportChanged(f"{KEY} is not a key") from None
    if not key.verifies(signature, sums):
        raise ExportChanged(f"{SIGNATURE} is not a signature of {SUMS} by {KEY}")
    digests = _parse(sums)
    if other := {*names} - _PROOFS ^ digests.keys():
        raise ExportChanged(f"{min(other)} was added or is missing")
    for name, digest in digests.items():
        if _digest(archive, name) != digest:
            raise ExportChanged(f"{name} was changed")
    return SignedExport(len(digests), key)


def _parse(sums: bytes) -> Mapping[str, str]:
    lines = sums.decode("utf-8", "replace").splitlines()
    parsed = [_LINE.fullmatch(line) for line in lines]
    return {one[2]: one[1] for one in parsed if one}


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ExportChanged(f"{name} is too large")
    return content


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    hashed = hashlib.sha256()
    with archive.open(name) as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()
