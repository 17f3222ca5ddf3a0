"""Chains the entries of the audit log: every entry's hash covers the entry and the hash before it.

Somebody who changes, removes or inserts an entry must change all later hashes, and so the head. Compare the
head with one that was noted elsewhere: services log every entry's hash as they write it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS_HASH = bytes(32)
"""It stands before the first entry."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Records one act of somebody."""

    at: int
    """Unix milliseconds."""
    actor: str
    """An account, a name that somebody gave with the moderator token, or `triage`."""
    action: str
    """A noun and a participle, such as `picture.seen`."""
    subject: str
    """The id of what it was done to."""
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An event at its place in the chain."""

    sequence: int
    at: int
    actor: str
    action: str
    subject: str
    details: str
    """JSON."""
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """The result of checking the whole chain."""

    entries: int
    broken_at: int
    """The sequence of the first entry that does not fit, 0 if all fit."""
    head: bytes
    """The hash of the last entry."""


def chain_entry(event: AuditEvent, sequence: int, previous_hash: bytes) -> AuditEntry:
    """Return the entry of `event` that follows the one with `previous_hash`."""
    details = json.dumps(dict(sorted(event.details.items())), ensure_ascii=False)
    content = (sequence, event.at, event.actor, event.action, event.subject, details)
    return AuditEntry(*content, _hash(content, previous_hash))


class ChainChecker:
    """Follows a chain from its start."""

    def __init__(self) -> None:
        self._entries, self._broken_at, self._head = 0, 0, GENESIS_HASH

    def add(self, entries: Iterable[AuditEntry]) -> None:
        """Check the entries that come next, in order."""
        for entry in entries:
            self._entries += 1
            content = (entry.sequence, entry.at, entry.actor, entry.action, entry.subject, entry.details)
            fits = entry.sequence == self._entries and entry.hash == _hash(content, self._head)
            if not fits and not self._broken_at:
                self._broken_at = self._entries
            self._head = entry.hash

    def result(self) -> ChainCheck:
        """Return what was found so far."""
        return ChainCheck(self._entries, self._broken_at, self._head)


def _hash(content: tuple[int | str, ...], previous_hash: bytes) -> bytes:
    return hashlib.sha256(previous_hash + json.dumps(content, ensure_ascii=False).encode()).digest()
