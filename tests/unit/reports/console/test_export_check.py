"""The check of an export says in a sentence what is wrong, whatever somebody made of the archive."""

import hashlib
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import click.testing
import pytest

from services.reports.shell.commands.export import verify_export
from services.reports.shell.console.case_export import KEY, SIGNATURE, SUMS
from services.reports.shell.console.export_check import ExportChanged, check_export
from services.reports.shell.console.export_signature import ExportKey

from ....audit import RING

MINE = ExportKey(RING[0])
MEGABYTE = 2**20


def signed(path: Path, files: Mapping[str, bytes], kind: int = zipfile.ZIP_STORED) -> Path:
    """Write an archive whose signature is right, as somebody with a key of their own can."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    proofs = {SUMS: sums.encode(), SIGNATURE: MINE.sign(sums.encode()), KEY: MINE.public.pem}
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in {**files, **proofs}.items():
            archive.writestr(name, content)
    return path


def test_an_archive_that_would_unpack_to_very_much_is_refused_at_once(tmp_path: Path) -> None:
    bomb = signed(tmp_path / "bomb.zip", {"case.json": bytes(64 * MEGABYTE)}, zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < MEGABYTE
    with pytest.raises(ExportChanged, match="compressed, as no export is"):
        check_export(bomb)


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_LZMA])
def test_damage_anywhere_is_told_and_never_a_fault_of_the_program(tmp_path: Path, kind: int) -> None:
    files = {"case.json": b"{}" * 200, "pictures/a-0.jpg": b"\xff\xd8" * 500}
    whole = signed(tmp_path / "whole.zip", files, kind).read_bytes()
    chance, damaged = random.Random(4), tmp_path / "damaged.zip"
    for number in range(300):
        content = bytearray(whole)
        start = len(whole) - 700 if number % 2 else 0  # every other time where the archive lists its files
        for place in chance.choices(range(start, len(whole)), k=3):
            content[place] = chance.randrange(256)
        damaged.write_bytes(content)
        try:
            assert check_export(damaged).files == len(files)
        except ExportChanged:
            continue


def test_names_in_an_archive_do_not_command_the_terminal(tmp_path: Path) -> None:
    files = {"\x1b]0;trusted\x07\x1b[2Kcase.json": b"{}"}
    archive = signed(tmp_path / "case.zip", files)
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr("\x1b]0;trusted\x07\x1b[2K", b"")
    told = click.testing.CliRunner().invoke(verify_export, [str(archive), "--key", str(MINE.public)])
    assert told.exit_code == 1
    assert "was added or is missing" in told.output
    assert "\x1b" not in told.output
