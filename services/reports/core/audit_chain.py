"""Chains the entries of the audit log: every entry's hash covers the entry and the hash before it.

The hash is an HMAC, which only who has a key of the console can make. It does not show that the newest
entries were removed. For that, anchors are noted elsewhere, which say what hash the log had at an entry.
"""

import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
class AuditAnchor:
    """Says that the log had this hash at the entry `sequence`."""

    sequence: int
    hash: bytes
    noted_at: int = field(default=0, compare=False)
    """Unix milliseconds, 0 if nobody knows."""

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash.hex()}"


def parse_anchor(text: str) -> AuditAnchor:
    """Parse `SEQUENCE:HASH`; raise `ValueError`."""
    found = re.fullmatch(r"([1-9][0-9]{0,18}):([0-9a-f]{64})", text, re.IGNORECASE)
    if found is None:
        raise ValueError(f"{text!r} is not the number of an entry, a colon and its hash in hexadecimal")
    return AuditAnchor(int(found[1]), bytes.fromhex(found[2]))


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """The result of checking the whole chain."""

    entries: int
    broken_at: int
    """The sequence of the first entry that does not fit or is missing, 0 if there is none."""
    head: bytes
    """The hash of the last entry."""
    last: int
    """The sequence of the last entry."""

    @property
    def truncated(self) -> bool:
        """Tell whether the newest entries are missing, of which an anchor was noted."""
        return self.broken_at > self.last


class AuditChain:
    """Makes entries with the first of its keys, and recognizes those of all."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the secrets, the newest first. A key that is removed makes the entries made with it unfit."""
        self._keys = keys

    def entry(self, event: AuditEvent, sequence: int, previous_hash: bytes) -> AuditEntry:
        """Return the entry of `event` that follows the one with `previous_hash`."""
        details = json.dumps(dict(sorted(event.details.items())), ensure_ascii=False)
        content = (sequence, event.at, event.actor, event.action, event.subject, details)
        return AuditEntry(*content, _mac(self._keys[0], _message(content, previous_hash)))

    def made(self, entry: AuditEntry, previous_hash: bytes) -> bool:
        """Tell whether somebody with a key made this entry, to follow the one with `previous_hash`."""
        return self.signed(_message(_content(entry), previous_hash), entry.hash)

    def signed(self, message: bytes, hash: bytes) -> bool:
        """Tell whether this is the hash of the message by one of the keys."""
        return any(hmac.compare_digest(_mac(key, message), hash) for key in self._keys)


class ChainChecker:
    """Follows a chain from its start.

    Entries without a key, of an old version, are accepted only before the first one with a key.
    """

    def __init__(self, chain: AuditChain, anchors: Iterable[AuditAnchor] = ()) -> None:
        self._chain = chain
        self._anchored: defaultdict[int, set[bytes]] = defaultdict(set)
        """The hashes that were noted of an entry. There are two if the log was cut and then went on."""
        self._anchors = list(anchors)
        self._note(self._anchors)
        self._entries, self._last, self._broken_at, self._head = 0, 0, 0, GENESIS_HASH
        self._keyed = False
        self._read = hashlib.sha256()

    def add(self, entries: Iterable[AuditEntry]) -> None:
        """Check the entries that come next, in order."""
        for entry in entries:
            self.follow(entry)

    def follow(self, entry: AuditEntry) -> bool:
        """Check the entry that comes next, and tell whether somebody with a key put it there."""
        message = _message(_content(entry), self._head)
        keyed = self._chain.signed(message, entry.hash)
        unkeyed = not (keyed or self._keyed) and entry.hash == hashlib.sha256(message).digest()
        in_order = entry.sequence == self._last + 1
        anchored = self._anchored.get(entry.sequence, {entry.hash}) == {entry.hash}
        if not (in_order and anchored and (keyed or unkeyed)) and not self._broken_at:
            self._broken_at = self._last + 1
        self._read.update(message + entry.hash)
        self._keyed |= keyed
        self._entries, self._last, self._head = self._entries + 1, entry.sequence, entry.hash
        return keyed and in_order

    @property
    def digest(self) -> str:
        """The SHA-256 of all entries so far as they are, right or wrong, in hexadecimal."""
        return self._read.hexdigest()

    def accept(self, now: int) -> None:
        """Take everything so far as right, and forget what was noted until `now` (Unix milliseconds)."""
        self._broken_at = 0
        self._anchored.clear()
        self._note(anchor for anchor in self._anchors if anchor.noted_at > now)

    def _note(self, anchors: Iterable[AuditAnchor]) -> None:
        for anchor in anchors:
            self._anchored[anchor.sequence].add(anchor.hash)

    def result(self) -> ChainCheck:
        """Return what was found so far, as if the chain ended here."""
        missing = [sequence for sequence in self._anchored if sequence > self._last]
        broken_at = self._broken_at or (self._last + 1 if missing else 0)
        return ChainCheck(self._entries, broken_at, self._head, self._last)


def _content(entry: AuditEntry) -> tuple[int | str, ...]:
    return (entry.sequence, entry.at, entry.actor, entry.action, entry.subject, entry.details)


def _message(content: tuple[int | str, ...], previous_hash: bytes) -> bytes:
    return previous_hash + json.dumps(content, ensure_ascii=False).encode()


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
