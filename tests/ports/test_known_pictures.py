"""Tests the lists of known pictures: a file of digests, and a matcher over HTTP."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from services.contract.errors import Unavailable
from services.contract.ids import ReportId
from services.reports.core.records import AnalysisKind, AnalysisTask, Finding
from services.reports.core.triage import EVIDENCE_HOLD
from services.reports.shell.evidence.digest_file import DigestFile, parse_digests, read_digests
from services.reports.shell.evidence.http_picture_matcher import HttpPictureMatcher
from services.reports.shell.evidence.known_picture_check import KnownPictureCheck
from services.reports.shell.ports import KnownPictures

from .fake_picture_matcher import Matcher, matcher


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def inspection(sent: bytes, kept: bytes) -> AnalysisTask:
    return AnalysisTask(AnalysisKind.KNOWN, ReportId("r"), 0, 1, kept, digest(kept), digest(sent))


KNOWN = {digest(b"sent").hex(): "sent ones", digest(b"kept").hex(): "kept ones"}
FILE = f"# two lists\n\n{digest(b'sent').hex()} sent ones\n{digest(b'kept').hex().upper()}\tkept ones \n"


@pytest.fixture
async def running() -> AsyncIterator[Matcher]:
    async with matcher() as running:
        running.known = KNOWN
        yield running


@pytest.fixture(params=["file", "http"])
def known(request: pytest.FixtureRequest, tmp_path: Path, running: Matcher) -> KnownPictures:
    if request.param == "http":
        return HttpPictureMatcher(running.url)
    (tmp_path / "digests.txt").write_text(FILE)
    return DigestFile(read_digests(str(tmp_path / "digests.txt")))


async def test_a_picture_is_known_as_it_was_sent_or_as_it_is_kept(known: KnownPictures) -> None:
    assert await known.list_of(inspection(b"sent", b"x")) == "sent ones"
    assert await known.list_of(inspection(b"x", b"kept")) == "kept ones"
    assert await known.list_of(inspection(b"x", b"y")) == ""


async def test_only_known_pictures_are_held_for_a_year(known: KnownPictures) -> None:
    look = KnownPictureCheck(known, lambda: 1_000)
    assert await look.analyse(inspection(b"sent", b"x")) == Finding(
        known="sent ones", held_until=1_000 + EVIDENCE_HOLD
    )
    assert await look.analyse(inspection(b"x", b"y")) == Finding()


async def test_a_matcher_gets_the_picture_that_is_kept(running: Matcher) -> None:
    await HttpPictureMatcher(running.url).list_of(inspection(b"sent", b"kept"))
    assert running.pictures == [b"kept"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 404},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
        {"text": "yes"},
        {"text": "{}"},
        {"text": '{"known": 1}'},
        {"text": '{"known": "\\u0000"}'},
        {"text": '{"known": "' + "x" * 65 + '"}'},
        {"text": '{"known": ""}' + " " * 5000},
        {"body": b'{"known": "\xff"}'},
    ],
)
async def test_a_malformed_answer_makes_the_analysis_fail(
    running: Matcher, answer: dict[str, object]
) -> None:
    running.answer = web.Response(**answer)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await HttpPictureMatcher(running.url).list_of(inspection(b"sent", b"kept"))


async def test_a_matcher_that_is_away_or_silent_is_asked_again(running: Matcher) -> None:
    running.silent = True
    for asked in (
        HttpPictureMatcher(running.url, timeout=0.2),
        HttpPictureMatcher("http://127.0.0.1:1/match"),
    ):
        with pytest.raises(Unavailable):
            await asked.list_of(inspection(b"sent", b"kept"))


def test_a_line_without_a_list_is_of_the_one_that_the_file_is_named_for() -> None:
    assert parse_digests([f"{'ab' * 32}\n"], "illegal") == {b"\xab" * 32: "illegal"}


@pytest.mark.parametrize("line", ["abc", "ab" * 33, "xy" * 32, "ab" * 32 + "name", "ab" * 32 + " a\0b"])
def test_a_line_that_is_no_digest_is_told_and_not_passed_over(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is not a SHA-256 digest"):
        parse_digests(["", line], "list")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for path, problem in (("missing", "No such file"), ("binary", "this is not a text file")):
        with pytest.raises(ValueError, match=problem):
            read_digests(str(tmp_path / path))
