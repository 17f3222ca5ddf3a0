"""The audit log as a chain: every entry's hash covers the entry and the hash before it. Pure.

Whoever changes, removes or inserts an entry must change all later hashes, and so the head. Compare the head
with one that was noted elsewhere: services log every entry's hash as they write it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS_HASH = bytes(32)
"""Stands before the first entry."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What somebody did. `at` in Unix milliseconds."""

    at: int
    actor: str
    """An account, what called itself so with the moderator token, or `triage`."""
    action: str
    """A noun and a participle, such as `picture.seen`."""
    subject: str
    """The id of what it was done to."""
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An event in its place. `details` is JSON."""

    sequence: int
    at: int
    actor: str
    action: str
    subject: str
    details: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """Of the whole chain. `broken_at` is the first sequence that does not fit, 0 if all do."""

    entries: int
    broken_at: int
    head: bytes


def chain_entry(event: AuditEvent, sequence: int, before: bytes) -> AuditEntry:
    """The entry of `event` after one whose hash is `before`."""
    details = json.dumps(dict(sorted(event.details.items())), ensure_ascii=False)
    content = (sequence, event.at, event.actor, event.action, event.subject, details)
    return AuditEntry(*content, _hash(content, before))


class ChainChecker:
    """Follows a chain from its start."""

    def __init__(self) -> None:
        self._entries, self._broken_at, self._head = 0, 0, GENESIS_HASH

    def follow(self, entries: Iterable[AuditEntry]) -> None:
        """Those that come next, in order."""
        for entry in entries:
            self._entries += 1
            content = (entry.sequence, entry.at, entry.actor, entry.action, entry.subject, entry.details)
            fits = entry.sequence == self._entries and entry.hash == _hash(content, self._head)
            if not fits and not self._broken_at:
                self._broken_at = self._entries
            self._head = entry.hash

    def check(self) -> ChainCheck:
        """Of all that was followed."""
        return ChainCheck(self._entries, self._broken_at, self._head)


def _hash(content: tuple[int | str, ...], before: bytes) -> bytes:
    return hashlib.sha256(before + json.dumps(content, ensure_ascii=False).encode()).digest()
