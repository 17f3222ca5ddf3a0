"""Tests that the service decodes no picture for nothing."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

import pytest

from protos import reports_pb2 as pb
from services.contract.errors import EvidenceRefused, Unavailable
from services.contract.keys import parse_ring
from services.contract.passes import PassSealer
from services.contract.sealing import Sealer
from services.reports.core.picture_budget import PictureBudget
from services.reports.core.records import Picture
from services.reports.core.triage import Triage
from services.reports.shell.appeal_tokens import AppealTokens
from services.reports.shell.policy_file import default_policy
from services.reports.shell.publisher import DecisionPublisher
from services.reports.shell.reports_servicer import Context, ReportsServicer
from services.reports.shell.standings import StandingsCache

from ...integration.reports_service import KEYS, file_request, past_match
from ...ports.memory_report_store import MemoryAppealStore, MemoryReportStore

NO_CONTEXT = cast("Context", None)
PICTURE_BYTES = 100


class CountingEncoder:
    """Implements the port `PictureEncoder`. Each picture takes until `finish` is set."""

    def __init__(self) -> None:
        self.decoded = 0
        self.started, self.finish = asyncio.Event(), asyncio.Event()
        self.finish.set()

    async def encode(self, frame: bytes) -> Picture:
        self.decoded += 1
        self.started.set()
        await self.finish.wait()
        return Picture(b"x" * PICTURE_BYTES, "image/jpeg", 4, 3, b"hash", original_sha256=frame)


class SilentAnnouncer:
    """Implements the port `StandingAnnouncer`, and tells nobody."""

    async def announce(self, batch: bytes) -> None:
        pass


class FilingDesk:
    """A servicer on a store in memory, and what it decoded."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.encoder = CountingEncoder()
        store = MemoryReportStore()
        tokens = AppealTokens(Sealer(parse_ring(KEYS), b"test"))
        self._servicer = ReportsServicer(
            store,
            MemoryAppealStore(store),
            self.encoder,
            PictureBudget(network_day=5 * PICTURE_BYTES),
            PassSealer(parse_ring(KEYS)),
            Triage(default_policy(), lambda: "id"),
            DecisionPublisher(StandingsCache(), SilentAnnouncer(), tokens),
            tokens,
            now,
            on_pictures=lambda: None,
        )

    async def file(self, request: pb.FileRequest) -> pb.FileResponse:
        return await self._servicer.File(request, NO_CONTEXT)


@pytest.fixture
def clock() -> list[float]:
    """Provide the time in Unix seconds, which tests may change."""
    return [time.time()]


@pytest.fixture
def desk(clock: list[float]) -> FilingDesk:
    return FilingDesk(lambda: int(clock[0] * 1000))


def with_frames(**fields: Any) -> pb.FileRequest:
    return file_request(past_match(), frames=(b"one", b"two"), **fields)


async def test_a_report_that_was_filed_before_is_not_decoded_again(desk: FilingDesk) -> None:
    request = with_frames()
    first = await desk.file(request)
    again = await desk.file(request)
    assert (again.report, again.repeated_filing, first.repeated_filing) == (first.report, True, False)
    assert desk.encoder.decoded == 2


async def test_a_report_in_the_place_of_a_flag_is_decoded(desk: FilingDesk) -> None:
    met = past_match()
    flag = await desk.file(file_request(met, flag=True))
    own = await desk.file(file_request(met, frames=(b"one",)))
    assert (own.report, own.repeated_filing) == (flag.report, False)
    assert desk.encoder.decoded == 1


async def test_the_same_report_at_the_same_moment_is_decoded_once(desk: FilingDesk) -> None:
    request = with_frames()
    desk.encoder.finish.clear()
    first = asyncio.create_task(desk.file(request))
    await desk.encoder.started.wait()
    for _ in range(20):
        with pytest.raises(Unavailable):
            await desk.file(request)
    desk.encoder.finish.set()
    assert (await first).report == (await desk.file(request)).report
    assert desk.encoder.decoded == 2


async def test_a_network_that_brought_too_much_in_a_day_files_without_pictures(
    desk: FilingDesk, clock: list[float]
) -> None:
    for _ in range(3):
        await desk.file(with_frames(network=b"one /48"))
    assert desk.encoder.decoded == 6
    with pytest.raises(EvidenceRefused, match="this network"):
        await desk.file(with_frames(network=b"one /48"))
    assert desk.encoder.decoded == 6, "it is refused before anything is decoded"
    await desk.file(file_request(past_match(), network=b"one /48"))
    await desk.file(with_frames(network=b"another"))
    clock[0] += 24 * 3600
    await desk.file(file_request(past_match(ago=-24 * 3600 + 60), network=b"one /48", frames=(b"one",)))
    assert desk.encoder.decoded == 9
