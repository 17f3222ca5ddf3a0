"""The digest of a decision covers its whole row, so that no change of it goes unnoticed."""

from dataclasses import replace
from enum import IntEnum, IntFlag
from typing import Any

import pytest

from services.contract.ids import CaseId, DecisionId, VisitorId
from services.reports.core.decision_digest import decision_digest
from services.reports.core.records import Decision, Level
from services.reports.shell.storage.tables import decisions

MADE = Decision(
    id=DecisionId("decision"),
    visitor=VisitorId("visitor"),
    level=Level.BANNED,
    rule="nudity",
    reason="seen",
    automated=False,
    made_at=1_000,
    until=2_000,
    case=CaseId("case"),
    sequence=1,
)
FIELDS = {"case_id": "case"}
"""The fields of columns that have another name."""
CHANGING = {"case_id", "device"}
"""A case may be joined with another, and a device is named later and forgotten."""


@pytest.mark.parametrize("column", [column.name for column in decisions.columns])
def test_every_column_of_a_decision_that_never_changes_is_digested(column: str) -> None:
    field = FIELDS.get(column, column)
    changed = replace(MADE, **{field: other(getattr(MADE, field))})
    assert (decision_digest(changed) == decision_digest(MADE)) is (column in CHANGING)


def other(value: Any) -> Any:
    """Return another value of the same type."""
    match value:
        case bool():
            return not value
        case IntEnum() | IntFlag():
            return next(one for one in type(value) if one != value)
        case int():
            return value + 1
    return f"{value} changed"
