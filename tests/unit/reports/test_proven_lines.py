"""Tests that a report tells the lines that were said from those that only its reporter claims."""

import time

import pytest

from protos import reports_pb2 as pb
from services.contract.keys import new_key
from services.reports.core.picture_budget import PictureBudget
from services.reports.core.records import ChatLine

from ...integration.reports_service import KEYS, PastMatch, file_request, past_match
from ...ports.memory_report_store import MemoryReportStore
from .filing_desk import FilingDesk


async def filed_chat(met: PastMatch, lines: list[tuple[bool, str]], keys: str = KEYS) -> tuple[ChatLine, ...]:
    """File a report with these lines, and return what is stored of them."""
    store = MemoryReportStore()
    desk = FilingDesk(store, PictureBudget(), lambda: int(time.time() * 1000), keys)
    chat = tuple(pb.ChatLine(from_accused=by_accused, text=text) for by_accused, text in lines)
    await desk.file(file_request(met, chat=chat))
    (stored,) = await store.latest_reports(1)
    return stored.report.chat


@pytest.mark.parametrize("keys", [KEYS, f"{new_key()},{KEYS}"], ids=["the same keys", "rotated keys"])
async def test_only_what_was_said_is_proven(keys: str) -> None:
    met = past_match(said=[(True, "hello"), (False, "hi")])
    forged = [(True, "I will find you"), (True, "hi"), (False, "hello"), (True, "Hello")]
    chat = await filed_chat(met, [(True, "hello"), *forged, (False, "hi")], keys)
    assert [line.proven for line in chat] == [True, False, False, False, False, True]


async def test_lines_of_another_match_are_claims() -> None:
    accused = past_match().accused
    said = [(True, "hello")]
    before, now = past_match(accused=accused, said=said), past_match(accused=accused)
    assert (await filed_chat(before, said))[0].proven
    assert not (await filed_chat(now, said))[0].proven
