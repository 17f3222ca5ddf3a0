"""A check of the audit log finds what was done to its entries, and to decisions behind its back."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.contract.ids import DecisionId, VisitorId
from services.reports.core.audit_chain import GENESIS_HASH, AuditAnchor, AuditChain, AuditEntry, AuditEvent
from services.reports.core.audit_check import (
    ACKNOWLEDGED,
    ADOPTED,
    MADE,
    MAX_NAMED,
    AuditCheck,
    AuditChecker,
    DecisionReader,
    ProblemKind,
)
from services.reports.core.decision_digest import decision_digest
from services.reports.core.records import Decision, Level

CHAIN = AuditChain([b"k" * 32])
NOW = 1_000


def decision(sequence: int) -> Decision:
    return Decision(
        id=DecisionId(f"decision {sequence}"),
        visitor=VisitorId("visitor"),
        level=Level.BANNED,
        rule="nudity",
        reason="seen",
        automated=False,
        made_at=NOW,
        until=0,
        statement="You were seen.",
        sequence=sequence,
    )


def made(of: Decision) -> AuditEvent:
    return AuditEvent(of.made_at, "ann", MADE, of.id, {"digest": decision_digest(of)})


def made_by_an_older_version(of: Decision) -> AuditEvent:
    details = {"visitor": of.visitor, "level": "banned", "rule": of.rule, "reason": of.reason}
    return AuditEvent(of.made_at, "ann", MADE, of.id, {**details, "statement": of.statement, "until": "0"})


def log_of(*events: AuditEvent) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for event in events:
        before = entries[-1].hash if entries else GENESIS_HASH
        entries.append(CHAIN.entry(event, len(entries) + 1, before))
    return entries


def checker(
    entries: Sequence[AuditEntry], stored: Sequence[Decision], anchors: Sequence[AuditAnchor] = ()
) -> AuditChecker:
    """Return one that has read all decisions, and followed all entries."""
    numbers = {entry.subject: entry.sequence for entry in entries if entry.action == MADE}
    reader = DecisionReader(entry.sequence for entry in entries if entry.action in (ADOPTED, ACKNOWLEDGED))
    for one in stored:
        reader.add(one, numbers.get(one.id))
    found = AuditChecker(CHAIN, anchors, reader)
    by_id = {one.id: one for one in stored}
    for entry in entries:
        found.follow(entry, by_id.get(DecisionId(entry.subject)))
    return found


def check(
    entries: Sequence[AuditEntry], stored: Sequence[Decision], anchors: Sequence[AuditAnchor] = ()
) -> AuditCheck:
    return checker(entries, stored, anchors).result()


def problems(of: AuditCheck) -> list[tuple[ProblemKind, str]]:
    return [(one.kind, one.subject) for one in of.problems]


ONE, TWO = decision(1), decision(2)
LOG = log_of(made(ONE), made(TWO))


def test_a_log_that_nobody_touched_is_whole() -> None:
    whole = check(LOG, [ONE, TWO])
    assert (whole.entries, whole.decisions, whole.unlogged, whole.intact) == (2, 2, 0, True)
    assert whole.head == AuditAnchor(2, LOG[-1].hash)
    assert whole.broken_at == 0
    assert check([], []).head is None


@pytest.mark.parametrize(
    ("entries", "stored", "found"),
    [
        ([replace(LOG[0], actor="bob"), LOG[1]], [ONE, TWO], (ProblemKind.ENTRY, "1")),
        (LOG, [ONE], (ProblemKind.DECISION_MISSING, TWO.id)),
        (LOG, [ONE, replace(TWO, until=5)], (ProblemKind.DECISION_CHANGED, TWO.id)),
        (LOG[:1], [ONE, TWO], (ProblemKind.DECISION_UNLOGGED, TWO.id)),
        ([replace(LOG[0], details="no JSON")], [ONE], (ProblemKind.ENTRY, "1")),
        ([replace(LOG[0], details="[]")], [ONE], (ProblemKind.ENTRY, "1")),
    ],
    ids=["entry", "missing", "changed", "unlogged", "no JSON", "a list"],
)
def test_what_was_changed_is_named(
    entries: list[AuditEntry], stored: list[Decision], found: tuple[ProblemKind, str]
) -> None:
    broken = check(entries, stored)
    assert not broken.intact
    assert problems(broken)[0] == found
    assert found[1] in str(broken.problems[0])


def test_an_id_that_somebody_chose_is_shown_as_plain_text() -> None:
    forged = replace(decision(3), id=DecisionId("\x1b[2J\n" + "a" * 100))
    (found,) = check([], [forged]).problems
    assert found.subject == "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}" + "a" * 59


def test_a_log_without_its_newest_entries_is_cut() -> None:
    cut = check(LOG[:1], [ONE], [AuditAnchor(2, LOG[1].hash)])
    assert (problems(cut), cut.broken_at) == ([(ProblemKind.CUT, "2")], 2)


def test_an_entry_of_an_older_version_is_compared_with_what_it_has() -> None:
    entries = log_of(made_by_an_older_version(ONE))
    assert check(entries, [ONE]).intact
    for changed in (replace(ONE, level=Level.GOOD), replace(ONE, made_at=NOW + 1)):
        assert problems(check(entries, [changed])) == [(ProblemKind.DECISION_CHANGED, ONE.id)]


def adopted(stored: Sequence[Decision]) -> list[AuditEntry]:
    """Return a log whose entry adopts decisions that have none."""
    reader = DecisionReader([1])
    for one in stored:
        reader.add(one, None)
    details = {"decisions": reader.digest(1), "through": str(stored[-1].sequence)}
    return log_of(AuditEvent(NOW, "service", ADOPTED, "", details))


def test_decisions_from_before_the_log_had_entries_are_adopted_once() -> None:
    entries = adopted([ONE, TWO])
    whole = check(entries, [ONE, TWO])
    assert (whole.intact, whole.unlogged) == (True, 2)
    changed = check(entries, [ONE, replace(TWO, until=5)])
    assert problems(changed) == [(ProblemKind.OLD_DECISIONS, "2")]
    added = check(entries, [ONE, TWO, decision(3)])
    assert problems(added) == [
        (ProblemKind.OLD_DECISIONS, "2"),
        (ProblemKind.DECISION_UNLOGGED, "decision 3"),
    ]


def test_an_operator_acknowledges_exactly_what_is_wrong() -> None:
    """A further change brings the alarm back."""
    stored = [replace(ONE, until=5), TWO]
    broken = checker(LOG, stored)
    assert problems(broken.result()) == [(ProblemKind.DECISION_CHANGED, ONE.id)]
    reader = DecisionReader([3])
    for one, entry in zip(stored, LOG, strict=True):
        reader.add(one, entry.sequence)
    details = {"entries": broken.digest, "decisions": reader.digest(3), "problems": "1"}
    event = AuditEvent(NOW, "operator", ACKNOWLEDGED, "", details)
    entries = [*LOG, CHAIN.entry(event, 3, LOG[-1].hash)]
    known = check(entries, stored)
    assert (known.intact, known.acknowledged) == (True, 1)
    assert not check(entries, [replace(ONE, until=6), TWO]).intact
    assert not check([replace(LOG[0], actor="bob"), *entries[1:]], stored).intact


def test_many_problems_are_counted_and_the_first_are_named() -> None:
    stored = [decision(number) for number in range(1, MAX_NAMED + 6)]
    entries = log_of(*map(made, stored))
    missing = check(entries, [])
    assert (missing.found, len(missing.problems)) == (len(stored), MAX_NAMED)
    unlogged = check([], stored)
    assert (unlogged.found, len(unlogged.problems)) == (len(stored), MAX_NAMED)
