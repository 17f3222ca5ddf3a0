"""Tests the chain of the audit log: it shows whatever was changed, removed, added or moved."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reports.core.audit_chain import GENESIS_HASH, AuditEntry, AuditEvent, ChainChecker, chain_entry

WORDS = st.text(max_size=8)
EVENTS = st.builds(
    AuditEvent, st.integers(0, 2**53), WORDS, WORDS, WORDS, st.dictionaries(WORDS, WORDS, max_size=2)
)
CHAINS = st.lists(EVENTS, min_size=1, max_size=8).map(lambda events: chain(events))


def chain(events: list[AuditEvent]) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for sequence, event in enumerate(events, 1):
        entries.append(chain_entry(event, sequence, entries[-1].hash if entries else GENESIS_HASH))
    return entries


def broken_at(entries: list[AuditEntry]) -> int:
    checker = ChainChecker()
    checker.add(entries)
    return checker.result().broken_at


@given(CHAINS)
def test_a_chain_as_it_was_written_holds(entries: list[AuditEntry]) -> None:
    checker = ChainChecker()
    for entry in entries:
        checker.add([entry])
    check = checker.result()
    assert (check.entries, check.broken_at, check.head) == (len(entries), 0, entries[-1].hash)


@given(CHAINS, st.data())
def test_a_changed_entry_is_found(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from(["at", "actor", "action", "subject", "details", "sequence", "hash"]))
    old = getattr(entries[place], field)
    new: Any = bytes(32) if isinstance(old, bytes) else old + ("x" if isinstance(old, str) else 1)
    entries[place] = replace(entries[place], **{field: new})
    assert broken_at(entries) == place + 1


@given(CHAINS.filter(lambda chain: len(chain) > 1), st.data())
def test_a_removed_entry_is_found_unless_it_was_the_last(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    del entries[place]
    assert broken_at(entries) == place + 1


@given(CHAINS, EVENTS, st.data())
def test_an_added_entry_is_found(entries: list[AuditEntry], event: AuditEvent, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    before = entries[place - 1].hash if place else GENESIS_HASH
    entries.insert(place, chain_entry(event, place + 1, before))
    assert broken_at(entries) == place + 2, "the added one fits, but what comes after it does not"


def test_where_a_field_ends_makes_a_difference() -> None:
    one = AuditEvent(1, "ab", "c", "", {})
    other = AuditEvent(1, "a", "bc", "", {})
    assert chain_entry(one, 1, GENESIS_HASH).hash != chain_entry(other, 1, GENESIS_HASH).hash
