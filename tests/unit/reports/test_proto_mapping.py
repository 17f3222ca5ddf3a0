"""Tests that messages become records, or are refused."""

from dataclasses import replace
from typing import Any

import pytest

from protos import reports_pb2 as pb
from services.contract.errors import InvalidRequest
from services.contract.ids import DecisionId
from services.reports.core.records import ChatLine, Decision, Dismissal, Evidence, Level, Reason
from services.reports.core.report_outcomes import ToldOutcome
from services.reports.shell import proto_mapping
from services.signaling.shell.adapters.reports_client import banned

from ...statements import STATEMENTS

VISITOR = "abcdefghijklmnopqrst-_"


def test_the_enums_have_the_numbers_of_the_protocol() -> None:
    assert {f"REASON_{reason.name}": reason.value for reason in Reason} == dict(pb.Reason.items()[1:])
    assert {f"LEVEL_{level.name}": level.value for level in Level} == dict(pb.Level.items())
    assert {f"OUTCOME_{one.name}": one.value for one in ToldOutcome} == dict(pb.Outcome.items()[1:])
    assert {f"DISMISSAL_{one.name}": one.value for one in Dismissal} == dict(pb.Dismissal.items())


def test_a_nul_in_a_text_does_not_reach_the_database() -> None:
    request = pb.FileRequest(note="a\0b", chat=[pb.ChatLine(from_accused=True, text="\0")])
    assert proto_mapping.parse_note(request) == "a\N{REPLACEMENT CHARACTER}b"
    assert proto_mapping.parse_chat(request, lambda _, text: text == "\0") == (
        ChatLine(True, "\N{REPLACEMENT CHARACTER}", proven=True),
    )


@pytest.mark.parametrize(
    ("proven", "said", "hours"), [(True, 30, 30), (True, 2**32 - 1, 168), (True, 0, 0), (False, 30, 0)]
)
def test_a_device_is_known_for_a_week_at_most(proven: bool, said: int, hours: int) -> None:
    assert proto_mapping.parse_device_hours(pb.FileRequest(proven=proven, device_hours=said)) == hours


def decide(**fields: Any) -> pb.DecideRequest:
    return pb.DecideRequest(**{"visitor": VISITOR, "level": pb.LEVEL_BANNED, "rule": "nudity", **fields})


def test_a_decision_holds_from_now_for_its_seconds() -> None:
    made = proto_mapping.new_decision(
        decide(seconds=60, reason="seen"), DecisionId("d"), now=1_000, statements=STATEMENTS
    )
    assert (made.level, made.rule, made.reason) == (Level.BANNED, "nudity", "seen")
    assert (made.made_at, made.until, made.automated) == (1_000, 61_000, False)
    assert proto_mapping.new_decision(decide(), DecisionId("d"), now=1_000, statements=STATEMENTS).until == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"visitor": ""},
        {"visitor": VISITOR[:-1]},
        {"visitor": VISITOR + "\n"},
        {"visitor": "é" * 22},
        {"level": 9},
        {"rule": ""},
        {"rule": "x" * 65},
        {"reason": "x" * 1001},
        {"seconds": -1},
        {"seconds": 2**62},
        {"template": "unknown"},
        {"template": "minor"},
        {"template": "minor_pictures", "rule": "", "level": pb.LEVEL_WATCHED},
        {"dismissal": pb.DISMISSAL_UNCLEAR},
        {"level": pb.LEVEL_GOOD, "rule": "", "dismissal": 9},
    ],
)
def test_a_decision_has_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        proto_mapping.new_decision(decide(**fields), DecisionId("d"), now=0, statements=STATEMENTS)


def test_a_template_brings_what_the_command_does_not_say() -> None:
    named = decide(rule="", template="spam", statement="Your shop is not a friend.")
    made = proto_mapping.new_decision(named, DecisionId("d"), now=0, statements=STATEMENTS)
    assert (made.rule, made.reason, made.until) == ("spam", "Advertised.", 7 * 24 * 3_600_000)
    assert made.statement == (
        "You advertised. Plaza is for conversations between people.\n\nYour shop is not a friend."
    )
    said = decide(rule="spam", template="spam", seconds=0, reason="the third shop")
    own = proto_mapping.new_decision(said, DecisionId("d"), now=0, statements=STATEMENTS)
    assert (own.until, own.reason, own.addition) == (0, "the third shop", "")


def test_gateways_get_no_statement_that_is_in_many_languages() -> None:
    named = decide(rule="", template="spam")
    ban = _made(proto_mapping.new_decision(named, DecisionId("d"), now=0, statements=STATEMENTS), 1)
    assert proto_mapping.standing(ban).statement.startswith("You advertised.")
    assert proto_mapping.announced(ban).statement == ""
    typed = decide(statement="You sold shoes.")
    said = _made(proto_mapping.new_decision(typed, DecisionId("d"), now=0, statements=STATEMENTS), 1)
    assert proto_mapping.announced(said).statement == "You sold shoes."


def test_a_lift_needs_no_rule() -> None:
    lift = proto_mapping.new_decision(
        decide(level=pb.LEVEL_GOOD, rule=""), DecisionId("d"), now=0, statements=STATEMENTS
    )
    told = proto_mapping.standing(_made(lift, 7))
    assert (told.level, told.sequence) == (pb.LEVEL_GOOD, 7)


def test_a_ban_tells_all_that_the_visitor_may_know_but_no_token_of_theirs() -> None:
    ban = proto_mapping.new_decision(
        decide(seconds=1, reason="internal"), DecisionId("d"), now=0, statements=STATEMENTS
    )
    told = proto_mapping.standing(_made(ban, 1))
    assert (told.visitor, told.level, told.until_ms) == (VISITOR, pb.LEVEL_BANNED, 1_000)
    assert (told.rule, told.automated, told.decision) == ("nudity", False, "d")
    assert "appeal" not in {field.name for field, _ in told.ListFields()}
    assert b"internal" not in told.SerializeToString()


def _made(new: Any, sequence: int) -> Decision:
    fields = {name: getattr(new, name) for name in type(new).__slots__}
    return Decision(**fields, sequence=sequence)


def test_a_moderator_may_say_that_a_decision_rests_on_flags_of_browsers() -> None:
    said = decide(evidence=[pb.EVIDENCE_FLAGS, pb.EVIDENCE_CHAT])
    ban = proto_mapping.new_decision(said, DecisionId("d"), 5, STATEMENTS)
    assert ban.evidence == Evidence.FLAGS | Evidence.CHAT
    told = proto_mapping.standing(_made(ban, 1))
    assert (list(told.evidence), told.flagged) == ([pb.EVIDENCE_CHAT], True)


def test_findings_of_browsers_are_in_fields_that_older_gateways_ignore() -> None:
    ban = proto_mapping.new_decision(decide(), DecisionId("d"), 5, STATEMENTS)
    flagged = replace(_made(ban, 1), evidence=Evidence.FLAGS | Evidence.CHAT)
    told = proto_mapping.standing(flagged)
    assert (list(told.evidence), told.flagged) == ([pb.EVIDENCE_CHAT], True)
    assert banned(told, "token").evidence == ["chat", "flags"]
    reported = proto_mapping.standing(replace(flagged, evidence=Evidence.REPORTS))
    assert banned(reported, "token").evidence == ["reports"]
