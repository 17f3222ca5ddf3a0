"""What the log says about decisions."""

from structlog.testing import capture_logs

from services.contract.ids import UNTRACED, CaseId, DecisionId, VisitorId
from services.contract.keys import new_key, parse_ring
from services.contract.log_hashes import LogHasher
from services.reports.core.records import Decision, Level
from services.reports.shell.filing_follower import FilingFollower
from services.runtime.tracing import tracer


def test_a_line_about_a_decision_names_the_standing_and_nobody() -> None:
    """The line has a `level` of its own, which would take the place of another."""
    decision = Decision(
        id=DecisionId("d"),
        visitor=VisitorId("visitor"),
        level=Level.BANNED,
        rule="spam",
        reason="why",
        automated=False,
        made_at=1,
        until=0,
        case=CaseId("case"),
        sequence=1,
    )
    with capture_logs() as lines:
        FilingFollower(LogHasher(parse_ring(new_key())), tracer()).on_decision(decision, UNTRACED)
    (line,) = lines
    assert (line["standing"], line["log_level"], "level" in line) == ("banned", "info", False)
    assert not {"visitor", "case"} & {*line.values()}
