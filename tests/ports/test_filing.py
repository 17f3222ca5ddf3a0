"""Tests of the port `Reports` with a real reports service."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from protos import reports_pb2 as pb
from services.contract.errors import EvidenceRefused, InvalidRequest, PassRefused, Unavailable, ZufallError
from services.contract.ids import VisitorId, random_id
from services.contract.keys import new_key
from services.signaling.shell.adapters.reports_client import ReportsClient
from services.signaling.shell.report_request import ReportedChatLine, ReportRequest

from ..databases import new_sqlite
from ..integration.reports_service import (
    NO_NATS,
    PastMatch,
    ReportsReplica,
    past_match,
    photo,
    reports_service,
)
from ..servers import free_port
from ..timing import scaled

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replica(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ReportsReplica]:
    async with reports_service(new_sqlite(tmp_path_factory.mktemp("reports")), NO_NATS) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(replica: ReportsReplica) -> AsyncIterator[ReportsClient]:
    made = ReportsClient(replica.address)
    yield made
    await made.stop()


def file_request(of: PastMatch, **changes: object) -> ReportRequest:
    fields: dict[str, object] = {"pass_": of.sealed, "reason": "nudity"}
    return ReportRequest(**(fields | changes))  # type: ignore[arg-type]  # the parser of requests checks this


CHAT = [ReportedChatLine("accused", "show me “everything” \0"), ReportedChatLine("reporter", "")]


async def test_a_report_is_filed_and_has_a_name(client: ReportsClient) -> None:
    one, other = past_match(), past_match()
    first = await client.file(one.reporter, b"network", file_request(one))
    second = await client.file(
        other.reporter,
        b"other network",
        file_request(other, reason="self_harm", note="x" * 1000, chat=CHAT * 10, frames=[photo(64, 48)] * 3),
    )
    assert first
    assert second
    assert first != second


async def test_filing_again_gives_the_same_report(client: ReportsClient) -> None:
    met = past_match()
    answers = await asyncio.gather(
        *(client.file(met.reporter, b"network", file_request(met)) for _ in range(5))
    )
    answers.append(
        await client.file(met.reporter, b"network", file_request(met, reason="other", note="again"))
    )
    assert len(set(answers)) == 1


async def test_a_flag_is_filed_and_a_report_takes_its_place(client: ReportsClient) -> None:
    met = past_match()
    flag = await client.file(met.reporter, b"network", file_request(met, flag=True))
    assert await client.file(met.reporter, b"network", file_request(met, note="really")) == flag


async def test_a_flag_of_a_picture_that_never_changed_is_filed(client: ReportsClient) -> None:
    met = past_match()
    flag = file_request(met, flag=True, reason="spam")
    assert await client.file(met.reporter, b"network", flag) == await client.file(
        met.reporter, b"network", flag
    )


MET = past_match()


@pytest.mark.parametrize(
    ("refusal", "reporter", "bad"),
    [
        pytest.param(PassRefused, MET.accused, file_request(MET), id="somebody else's pass"),
        pytest.param(PassRefused, VisitorId(random_id()), file_request(MET), id="a stranger's pass"),
        pytest.param(PassRefused, MET.reporter, file_request(MET, pass_="nonsense"), id="no pass"),
        pytest.param(PassRefused, MET.reporter, file_request(MET, pass_=MET.sealed[:-4]), id="a cut pass"),
        pytest.param(
            EvidenceRefused, MET.reporter, file_request(MET, frames=[b"no picture"]), id="no picture"
        ),
        pytest.param(
            EvidenceRefused, MET.reporter, file_request(MET, frames=[photo(9, 9), b""]), id="nothing"
        ),
        pytest.param(InvalidRequest, MET.reporter, file_request(MET, note="x" * 1001), id="a long note"),
        pytest.param(InvalidRequest, MET.reporter, file_request(MET, chat=CHAT[:1] * 21), id="a long chat"),
        pytest.param(
            InvalidRequest, MET.reporter, file_request(MET, frames=[photo(9, 9)] * 4), id="four frames"
        ),
        pytest.param(
            InvalidRequest, MET.reporter, file_request(MET, flag=True, reason="hate"), id="a flag of hate"
        ),
        pytest.param(
            InvalidRequest, MET.reporter, file_request(MET, flag=True, note="x"), id="a flag with a note"
        ),
        pytest.param(
            InvalidRequest, MET.reporter, file_request(MET, flag=True, chat=CHAT), id="a flag with a chat"
        ),
        pytest.param(
            InvalidRequest,
            MET.reporter,
            file_request(MET, flag=True, frames=[photo(9, 9)]),
            id="a flag with a frame",
        ),
    ],
)
async def test_a_refusal_says_why(
    client: ReportsClient, refusal: type[ZufallError], reporter: VisitorId, bad: ReportRequest
) -> None:
    with pytest.raises(refusal) as refused:
        await client.file(reporter, b"network", bad)
    assert refused.value.message
    fine = past_match()
    await client.file(fine.reporter, b"network", file_request(fine))


async def test_passes_of_another_ring_and_of_yesterday_are_refused(client: ReportsClient) -> None:
    for met in (past_match(keys=new_key()), past_match(ago=25 * 3600)):
        with pytest.raises(PassRefused):
            await client.file(met.reporter, b"network", file_request(met))


async def test_moderators_see_the_filed_report(client: ReportsClient, replica: ReportsReplica) -> None:
    met = past_match()
    report = await client.file(
        met.reporter, b"network", file_request(met, reason="hate", note="note", chat=CHAT)
    )
    (seen,) = [each for each in await replica.list() if each.report == report]
    assert (seen.reporter, seen.accused, seen.match) == (met.reporter, met.accused, met.match)
    assert (seen.reason, seen.note, seen.chat_lines, seen.frames) == (pb.REASON_HATE, "note", 2, 0)


@pytest.mark.parametrize(
    "reason", ["nudity", "minor", "harassment", "hate", "violence", "spam", "self_harm", "other"]
)
async def test_every_reason_of_the_page_is_one_of_the_service(reason: str) -> None:
    assert pb.Reason.Value(f"REASON_{reason.upper()}")
    assert len(pb.Reason.keys()) == 9


async def test_a_report_too_large_for_the_wire_is_refused(client: ReportsClient) -> None:
    met = past_match()
    with pytest.raises(InvalidRequest):
        await client.file(
            met.reporter, b"network", file_request(met, frames=[b"\xff\xd8\xff" + b"x" * 5 * 2**20])
        )


async def test_without_the_service_reports_wait() -> None:
    client, met = ReportsClient(f"127.0.0.1:{free_port()}"), past_match()
    with pytest.raises(Unavailable):
        await client.file(met.reporter, b"network", file_request(met))
    await client.stop()


async def test_a_service_that_comes_back_is_found_again(tmp_path: Path) -> None:
    database, met = new_sqlite(tmp_path), past_match()
    async with reports_service(database, NO_NATS) as first:
        client = ReportsClient(first.address)
        report = await client.file(met.reporter, b"network", file_request(met))
    with pytest.raises(Unavailable):
        await client.file(met.reporter, b"network", file_request(met))
    async with reports_service(database, NO_NATS, int(first.address.partition(":")[2])):
        async with asyncio.timeout(scaled(10)):
            again = await _insist(client, met)
    await client.stop()
    assert again == report, "the same, so that the page may simply send it again"


async def _insist(client: ReportsClient, met: PastMatch) -> str:
    """Repeat like a page, but with short waits."""
    while True:
        try:
            return await client.file(met.reporter, b"network", file_request(met))
        except Unavailable:
            await asyncio.sleep(0.05)


async def test_a_token_that_is_not_ours_is_refused(client: ReportsClient) -> None:
    for text in ("", "I did not"):
        with pytest.raises(PassRefused):
            await client.appeal("nonsense", text)
