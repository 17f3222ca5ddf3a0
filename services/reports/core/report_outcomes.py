"""What reporters learn of their reports: that a person looked, and whether anything followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from services.contract.errors import InvalidRequest
from services.contract.ids import ReportId

from .actor import UNDO_WINDOW
from .records import Dismissal, Level

MAX_ASKED = 20
"""So many reports can be asked about at a time."""


class ToldOutcome(IntEnum):
    """Says what became of a report, and nothing of the other visitor."""

    ACTED = 1
    NOTHING_FOUND = 2
    """The visitor broke no rule. It does not say whether the report counts against its reporter."""
    NOT_SURE = 3


@dataclass(frozen=True, slots=True)
class DecidedReport:
    """A report of a person, and the decision by which a person closed its case."""

    id: ReportId
    level: Level
    dismissal: Dismissal

    @property
    def outcome(self) -> ToldOutcome:
        if self.level is not Level.GOOD:
            return ToldOutcome.ACTED
        return ToldOutcome.NOT_SURE if self.dismissal is Dismissal.UNCLEAR else ToldOutcome.NOTHING_FOUND


def check_asked(reports: Sequence[ReportId]) -> None:
    """Raise `InvalidRequest` if there are too many."""
    if len(reports) > MAX_ASKED:
        raise InvalidRequest(f"at most {MAX_ASKED} reports can be asked about at a time")


def told_before(now: int) -> int:
    """Return the time before which a decision was made if a reporter may learn of it (Unix milliseconds).

    A moderator may still take back a later one.
    """
    return now - UNDO_WINDOW
