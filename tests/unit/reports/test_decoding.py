"""Tests that the service decodes no picture for nothing."""

import asyncio
import time
from typing import Any

import pytest

from protos import reports_pb2 as pb
from services.contract.errors import EvidenceRefused, Unavailable
from services.reports.core.picture_budget import PictureBudget

from ...integration.reports_service import file_request, past_match
from ...ports.memory_report_store import MemoryReportStore
from .filing_desk import PICTURE_BYTES, FilingDesk

BUDGET = PictureBudget(network_day=5 * PICTURE_BYTES)


@pytest.fixture
def clock() -> list[float]:
    """Provide the time in Unix seconds, which tests may change."""
    return [time.time()]


@pytest.fixture
def desk(clock: list[float]) -> FilingDesk:
    return FilingDesk(MemoryReportStore(), BUDGET, lambda: int(clock[0] * 1000))


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
