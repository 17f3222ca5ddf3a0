"""An export holds everything about a case, and shows when somebody changed it."""

import asyncio
import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from protos import reports_pb2 as pb
from services.reports.core.roles import Role
from services.reports.core.scoring import MAX_REPORTS_WEIGHED
from services.reports.shell.console.case_export import KEY, SIGNATURE, SUMS, SqlCaseExport
from services.reports.shell.console.case_queries import SqlCaseQueries
from services.reports.shell.console.export_check import ExportChanged, check_export
from services.reports.shell.console.export_document import ExportRequest
from services.reports.shell.console.export_signature import ExportKey
from services.reports.shell.policy_file import default_policy
from services.reports.shell.storage.picture_store import SqlPictureStore
from services.reports.shell.storage.tables import reports

from ...audit import AUDIT, CONSOLE_KEYS, RING
from ...ports.report_stores import PICTURE
from ..reports_service import ReportsReplica, photo
from ..zufall_command import ZufallCommand
from .api_moderator import ApiModerator, logged_in
from .moderation_database import ModerationDatabase, moderation_database
from .test_cases import decide, file, only_case

moderation = pytest.fixture(moderation_database)

ASKED = "reason=letter%20of%20May%203&recipient=LKA%20Berlin&zone=Europe/Berlin"
HOSTILE = "<script>alert(1)</script>\u202e"


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def exported(by: ApiModerator, case: str) -> bytes:
    answer = await by.get(f"/cases/{case}/export?{ASKED}")
    assert answer.status == 200, answer
    assert isinstance(answer.content, bytes)
    return answer.content


async def test_an_export_says_who_met_whom_and_who_saw_it(replica: ReportsReplica) -> None:
    chat = (pb.ChatLine(from_accused=True, text=HOSTILE),)
    met = await file(replica, note=HOSTILE, chat=chat, frames=(photo(64, 48),))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        case = await only_case(sue)
        for missing in ("", "?reason=x", "?recipient=x", f"?{ASKED}elsewhere"):
            assert (await sue.get(f"/cases/{case}/export{missing}")).status == 400, missing
        report = (await sue.get(f"/cases/{case}")).content["reports"][0]["id"]
        await sue.get(f"/reports/{report}/frames/0")
        await sue.post(f"/cases/{case}/notes", text="seen before")
        await decide(sue, case)
        files = unpacked(await exported(sue, case))
        (newest,) = (await sue.get("/audit?limit=1")).content["entries"]
    told = json.loads(files["case.json"])
    assert (told["export"]["exported_by"], told["export"]["recipient"]) == ("sue", "LKA Berlin")
    assert told["export"]["exported_at_utc"].endswith("+00:00")
    assert told["export"]["exported_at_local"].endswith(("+01:00", "+02:00"))
    (meeting,) = told["meetings"]
    assert (meeting["match"], meeting["reporter"], meeting["accused"]) == (
        met.match,
        met.reporter,
        met.accused,
    )
    assert meeting["match_started_at_utc"] < meeting["reported_at_utc"]
    assert told["case"]["reports"][0]["chat"][0]["text"] == HOSTILE
    actions = [(one["actor"], one["action"]) for one in told["custody"]["entries"]]
    assert actions == [
        ("sue", action)
        for action in ("case.seen", "picture.seen", "note.written", "decision.made", "case.exported")
    ]
    assert told["custody"]["head"] == f"{newest['sequence']}:{newest['hash']}"
    assert newest["details"] == {"reason": "letter of May 3", "recipient": "LKA Berlin", "files": "2"}
    page = files["case.html"].decode()
    assert "<script" not in page
    assert "[U+202E RIGHT-TO-LEFT OVERRIDE]" in page
    assert met.match in page


async def test_an_export_holds_the_originals_of_a_minors_case(replica: ReportsReplica) -> None:
    sent = photo(64, 48, "PNG")
    await file(replica, reason=pb.REASON_MINOR, frames=(sent,))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        files = unpacked(await exported(sue, await only_case(sue)))
    picture, original = json.loads(files["case.json"])["files"]
    assert (original["path"].startswith("originals/"), original["path"].endswith("-0.png")) == (True, True)
    assert files[original["path"]] == sent
    assert original["sha256"] == picture["original_sha256"] == hashlib.sha256(sent).hexdigest()
    assert (picture["unchanged"], original["unchanged"]) == (True, True)
    assert files[picture["path"]].startswith(b"\xff\xd8")
    assert {*files[SUMS].decode().splitlines()} == {
        f"{hashlib.sha256(content).hexdigest()}  {name}"
        for name, content in files.items()
        if name not in (SUMS, SIGNATURE, KEY)
    }


async def test_an_export_of_a_large_case_leaves_no_report_out(
    moderation: ModerationDatabase, tmp_path: Path
) -> None:
    await moderation.file("accused", [PICTURE])
    case, count = await moderation.open("accused"), 2 * MAX_REPORTS_WEIGHED + 1
    async with moderation.engine.begin() as connection:
        (first,) = (await connection.execute(sa.select(reports))).mappings()
        more = [{**first, "id": f"r{n}", "match": f"m{n}", "reporter": f"p{n}"} for n in range(1, count)]
        await connection.execute(sa.insert(reports), more)
    engine, sue = moderation.engine, replace(moderation.ann, now=1_800_000_000_000)
    exports = SqlCaseExport(engine, SqlPictureStore(engine), AUDIT, ExportKey(RING[0]), "Plaza")
    seen = await SqlCaseQueries(engine, lambda *_: None, default_policy()).case(case, sue)
    parts = await exports.export(seen, ExportRequest("a letter", "a court", ""), sue)
    archive = tmp_path / "case.zip"
    archive.write_bytes(b"".join([part async for part in parts]))
    files = unpacked(archive.read_bytes())
    told = json.loads(files["case.json"])
    assert told["more_reports"] == [name for name in files if name.startswith("reports/")]
    pages = [told["case"]["reports"], *(json.loads(files[name]) for name in told["more_reports"])]
    ids = [one["id"] for page in pages for one in page]
    assert (len(ids), {*ids}) == (count, {first["id"], *(one["id"] for one in more)})
    assert pages[1][0]["filed_at_utc"].startswith("1970-01-01T00:00:01")
    assert check_export(archive).files == len(files) - 3


def changed(content: bytes, change: Callable[[dict[str, bytes]], object], path: Path) -> Path:
    files = unpacked(content)
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def with_new_digests(files: dict[str, bytes]) -> None:
    files["case.json"] += b" "
    names = [name for name in files if name not in (SUMS, SIGNATURE, KEY)]
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names)
    files[SUMS] = "".join(lines).encode()


CHANGES: tuple[tuple[Callable[[dict[str, bytes]], object], str], ...] = (
    (lambda files: files.update({"case.json": files["case.json"] + b" "}), "case.json was changed"),
    (lambda files: files.update({"extra.txt": b""}), "extra.txt was added or is missing"),
    (lambda files: files.pop("case.html"), "case.html was added or is missing"),
    (lambda files: files.pop(SUMS), "SHA256SUMS is missing"),
    (with_new_digests, "not a signature"),
)


async def test_whoever_changes_an_export_is_found_out(
    replica: ReportsReplica, zufall: ZufallCommand, tmp_path: Path
) -> None:
    await file(replica, frames=(photo(64, 48),))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        content = await exported(sue, await only_case(sue))
    whole = tmp_path / "case.zip"
    whole.write_bytes(content)
    assert check_export(whole).files == 3
    for number, (change, why) in enumerate(CHANGES):
        with pytest.raises(ExportChanged, match=why):
            check_export(changed(content, change, tmp_path / f"{number}.zip"))
    whole.write_bytes(content[:-100])
    with pytest.raises(ExportChanged, match="no archive"):
        check_export(whole)


async def test_an_operator_exports_and_anybody_verifies(
    replica: ReportsReplica, zufall: ZufallCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file(replica, frames=(photo(64, 48),))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        case = await only_case(sue)
    monkeypatch.setenv("ZUFALL_DATABASE", replica.database)
    monkeypatch.setenv("ZUFALL_CONSOLE_KEYS", CONSOLE_KEYS)
    monkeypatch.setenv("ZUFALL_SITE_NAME", "Plaza")
    out, why = tmp_path / "case.zip", ("--reason", "a letter", "--recipient", "a court")
    status, _, complaint = await zufall("reports", "export", case, *why, "--to", str(out), "--as", "bob")
    assert status == 0
    assert complaint.endswith(f"signed with {ExportKey(RING[0]).public}\n")
    told = json.loads(unpacked(out.read_bytes())["case.json"])
    assert (told["export"]["site"], told["export"]["exported_by"]) == ("Plaza", "bob (command)")
    assert told["custody"]["entries"][-1]["details"]["recipient"] == "a court"
    assert os.listdir(tmp_path) == ["case.zip"]
    assert os.stat(out).st_mode & 0o777 == 0o600
    status, _, complaint = await zufall("reports", "export", case, *why, "--to", str(out))
    assert (status, complaint) == (1, f"zufall: {out} exists already\n")
    other = tmp_path / "other.zip"
    status, _, complaint = await zufall("reports", "export", "nobody", *why, "--to", str(other))
    assert (status, complaint.partition(": ")[2].partition(":")[0]) == (1, "there is no such case")
    assert "the id at the end of its address" in complaint
    assert not other.exists()
    _, said, _ = await zufall("reports", "export", case, *why, "--to", str(other), "--json")
    assert json.loads(said) == {
        "file": str(other),
        "bytes": other.stat().st_size,
        "key": str(ExportKey(RING[0]).public),
    }
    status, _, complaint = await zufall("reports", "export", case, *why, "--to", "-", "--json")
    assert (status, "--json needs --to FILE" in complaint) == (2, True)

    _, said, _ = await zufall("reports", "export-key")
    assert said.startswith(f"{ExportKey(RING[0]).public} signs exports\n-----BEGIN PUBLIC KEY-----")
    key = said.split()[0]
    assert json.loads((await zufall("reports", "export-key", "--json"))[1])[0]["key"] == key
    assert (await zufall("reports", "verify-export", str(out)))[0] == 0
    checked = json.loads((await zufall("reports", "verify-export", str(out), "--json"))[1])
    assert (checked["key"], checked["files"] > 1) == (key, True)
    monkeypatch.delenv("ZUFALL_CONSOLE_KEYS")
    nothing = ("--data", str(tmp_path / "nothing"))
    assert (await zufall("reports", "verify-export", str(out), "--key", key, *nothing))[0] == 0
    status, _, complaint = await zufall("reports", "verify-export", str(out), *nothing)
    assert (status, "give --key" in complaint) == (1, True)
    status, _, complaint = await zufall("reports", "verify-export", str(out), "--key", "00" * 32, *nothing)
    assert (status, "not to be trusted" in complaint) == (1, True)


async def test_a_court_needs_no_program_of_ours(replica: ReportsReplica, tmp_path: Path) -> None:
    await file(replica, frames=(photo(64, 48),))
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        content = await exported(sue, await only_case(sue))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    checks = (
        ("sha256sum", "-c", SUMS),
        (
            *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", KEY, "-rawin"),
            *("-in", SUMS, "-sigfile", SIGNATURE),
        ),
    )
    for command in checks:
        process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path)
        assert await process.wait() == 0, command


async def test_an_export_may_leave_a_container_by_its_output(replica: ReportsReplica, tmp_path: Path) -> None:
    await file(replica)
    async with logged_in(replica, "sue", Role.SENIOR) as sue:
        case = await only_case(sue)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", "reports", "export", case, "--to", "-"),
        *("--reason", "a letter", "--recipient", "a court"),
        env={**os.environ, "ZUFALL_DATABASE": replica.database, "ZUFALL_CONSOLE_KEYS": CONSOLE_KEYS},
        stdout=asyncio.subprocess.PIPE,
    )
    content, _ = await process.communicate()
    assert process.returncode == 0
    assert json.loads(unpacked(content)["case.json"])["export"]["case"] == case
