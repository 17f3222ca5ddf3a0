"""Tests what a report keeps of its call: what the pass proves, and what the reporter's page claims."""

import pytest

from protos import reports_pb2 as pb
from services.contract.ids import GatewayId, MatchId, VisitorId
from services.contract.passes import PassContent
from services.reports.core.records import CallContext, Ending
from services.reports.shell import proto_mapping
from services.signaling.shell.adapters.reports_client import _claimed_call
from services.signaling.shell.report_request import ReportedCall, ReportRequest


def pass_of(find: bytes = b"", languages: tuple[str, ...] = (), country: str = "") -> PassContent:
    here, one, other = GatewayId("g"), VisitorId("one"), VisitorId("other")
    return PassContent(
        MatchId("m"), one, here, other, here, True, b"", 1.0, find,
        partner_languages=languages, partner_country=country,
    )  # fmt: skip


def test_the_pass_proves_mode_languages_and_country() -> None:
    proof = pass_of(b'{"type":"find","mode":"audio","languages":["pt-BR","pt","en"]}', ("de",), "AT")
    request = pb.FileRequest(call=pb.ClaimedCall(seconds=34, ending=pb.ENDING_NEXT))
    assert proto_mapping.parse_call(request, proof) == CallContext(
        "audio", ("pt", "en"), ("de",), "AT", 34, Ending.NEXT
    )


def test_what_is_not_known_is_empty_and_what_is_too_much_is_cut() -> None:
    assert proto_mapping.parse_call(pb.FileRequest(), pass_of()) == CallContext()
    newer = pb.FileRequest()
    newer.call.ending, newer.call.seconds = 77, 2**32 - 1  # type: ignore[assignment]  # of a newer gateway
    found = proto_mapping.parse_call(newer, pass_of(b'{"type":"find","mode":"smell"}'))
    assert found == CallContext(claimed_seconds=24 * 3600)


@pytest.mark.parametrize("ending", [one.name.lower() for one in Ending if one is not Ending.UNKNOWN])
def test_a_page_can_claim_each_ending(ending: str) -> None:
    told = ReportRequest("pass", "spam", call=ReportedCall(5, ending))  # type: ignore[arg-type]
    claimed = _claimed_call(told)
    assert claimed is not None
    found = proto_mapping.parse_call(pb.FileRequest(call=claimed), pass_of())
    assert (found.claimed_seconds, found.claimed_ending.name.lower()) == (5, ending)


def test_a_page_need_not_know_how_the_call_ended() -> None:
    claimed = _claimed_call(ReportRequest("pass", "spam", call=ReportedCall(5)))
    assert claimed is not None
    assert proto_mapping.parse_call(pb.FileRequest(call=claimed), pass_of()) == CallContext(claimed_seconds=5)
    assert _claimed_call(ReportRequest("pass", "spam")) is None
