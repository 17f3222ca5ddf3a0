"""Tests the chain of the audit log: it shows whatever was changed, removed, added or moved."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.core.audit_chain import (
    GENESIS_HASH,
    AuditAnchor,
    AuditChain,
    AuditEntry,
    AuditEvent,
    ChainCheck,
    ChainChecker,
    parse_anchor,
)

OURS = AuditChain([b"k" * 32])
ROTATED = AuditChain([b"n" * 32, b"k" * 32])
THEIRS = AuditChain([b"t" * 32])

WORDS = st.text(max_size=8)
EVENTS = st.builds(
    AuditEvent, st.integers(0, 2**53), WORDS, WORDS, WORDS, st.dictionaries(WORDS, WORDS, max_size=2)
)
CHAINS = st.lists(EVENTS, min_size=1, max_size=8).map(lambda events: chain(events))


def chain(
    events: Sequence[AuditEvent], by: AuditChain = OURS, after: Sequence[AuditEntry] = ()
) -> list[AuditEntry]:
    entries = list(after)
    for event in events:
        entries.append(by.entry(event, len(entries) + 1, entries[-1].hash if entries else GENESIS_HASH))
    return entries


def without_key(events: list[AuditEvent]) -> list[AuditEntry]:
    """Return the entries as versions before the key made them."""
    entries: list[AuditEntry] = []
    for event in events:
        entries.append(entry_without_key(event, entries))
    return entries


def entry_without_key(event: AuditEvent, after: Sequence[AuditEntry]) -> AuditEntry:
    before = after[-1].hash if after else GENESIS_HASH
    entry = OURS.entry(event, len(after) + 1, before)
    content = (entry.sequence, entry.at, entry.actor, entry.action, entry.subject, entry.details)
    message = before + json.dumps(content, ensure_ascii=False).encode()
    return replace(entry, hash=hashlib.sha256(message).digest())


def check(
    entries: list[AuditEntry], anchors: Sequence[AuditAnchor] = (), by: AuditChain = OURS
) -> ChainCheck:
    checker = ChainChecker(by, anchors)
    checker.add(entries)
    return checker.result()


def broken_at(entries: list[AuditEntry], anchors: Sequence[AuditAnchor] = ()) -> int:
    return check(entries, anchors).broken_at


def anchor(entry: AuditEntry) -> AuditAnchor:
    return AuditAnchor(entry.sequence, entry.hash)


@given(CHAINS)
def test_a_chain_as_it_was_written_holds(entries: list[AuditEntry]) -> None:
    checker = ChainChecker(OURS, [anchor(entry) for entry in entries])
    for entry in entries:
        checker.add([entry])
    assert checker.result() == ChainCheck(len(entries), 0, entries[-1].hash, len(entries))


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
    entries.insert(place, OURS.entry(event, place + 1, before))
    assert broken_at(entries) == place + 2, "the added one fits, but what comes after it does not"


def test_where_a_field_ends_makes_a_difference() -> None:
    one = AuditEvent(1, "ab", "c", "", {})
    other = AuditEvent(1, "a", "bc", "", {})
    assert OURS.entry(one, 1, GENESIS_HASH).hash != OURS.entry(other, 1, GENESIS_HASH).hash


@given(CHAINS, st.data())
def test_entries_that_were_cut_off_are_missed_where_one_was_anchored(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, len(entries) - 1))
    noted = data.draw(st.sampled_from(entries))
    found = check(entries[:left], [anchor(noted)])
    assert found.truncated == (noted.sequence > left)
    assert found.broken_at == (left + 1 if found.truncated else 0)


@given(CHAINS, EVENTS)
def test_a_chain_that_was_written_anew_differs_from_an_anchor(
    entries: list[AuditEntry], event: AuditEvent
) -> None:
    noted = anchor(entries[-1])
    anew = chain([replace(event, actor="another"), *([event] * (len(entries) - 1))])
    assert broken_at(anew) == 0, "it has our key"
    assert broken_at(anew, [noted]) == len(entries)


@given(CHAINS, EVENTS)
def test_nobody_continues_or_rewrites_a_chain_without_the_key(
    entries: list[AuditEntry], event: AuditEvent
) -> None:
    assert broken_at(chain([event], THEIRS, entries)) == len(entries) + 1
    assert broken_at(chain([event] * len(entries), THEIRS)) == 1
    forged = entry_without_key(event, entries)
    assert broken_at([*entries, forged]) == len(entries) + 1, "after the first with a key, all need one"


@given(st.lists(EVENTS, min_size=1, max_size=5), EVENTS, st.data())
def test_a_chain_without_a_key_is_continued_with_one(
    events: list[AuditEvent], event: AuditEvent, data: st.DataObject
) -> None:
    old = without_key(events)
    both = chain([event], OURS, old)
    assert broken_at(both) == 0
    place = data.draw(st.integers(0, len(old) - 1))
    events[place] = replace(events[place], actor=events[place].actor + "x")
    assert broken_at([*without_key(events), both[-1]]) == len(both), "the old part can no longer be rewritten"


@given(CHAINS, EVENTS)
def test_a_new_key_is_used_while_the_old_one_is_known(entries: list[AuditEntry], event: AuditEvent) -> None:
    both = chain([event], ROTATED, entries)
    assert check(both, by=ROTATED).broken_at == 0
    assert check(both, by=OURS).broken_at == len(both)


@given(st.lists(EVENTS, min_size=2, max_size=5), EVENTS)
def test_a_chain_that_was_cut_and_went_on_differs_from_an_anchor(
    events: list[AuditEvent], other: AuditEvent
) -> None:
    """Even if the new entry at the same place was noted as well."""
    entries = chain(events)
    gone_on = chain([other], after=entries[:-1])
    noted = [anchor(entries[-1]), anchor(gone_on[-1])]
    assert broken_at(gone_on, noted) == (0 if other == events[-1] else len(events))


def test_an_anchor_is_read_as_it_is_written() -> None:
    noted = AuditAnchor(12, b"\xab" * 32)
    assert parse_anchor(str(noted)) == noted


@pytest.mark.parametrize(
    "text",
    ["", "12", "0:" + "ab" * 32, "x:" + "ab" * 32, "1:ab", "1:" + "xy" * 32, "1:" + "ab " * 21 + " "],
)
def test_something_else_is_no_anchor(text: str) -> None:
    with pytest.raises(ValueError, match="is not the number of an entry"):
        parse_anchor(text)
