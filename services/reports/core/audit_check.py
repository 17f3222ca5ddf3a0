"""Checks the audit log, and compares the decisions in the database with what the log says of them.

What is wrong stays so until an operator acknowledges it. The entry of that has digests of the log and of all
decisions as they were then, so nothing of it can be changed again unnoticed.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .audit_chain import AuditAnchor, AuditChain, AuditEntry, ChainChecker
from .decision_digest import decision_digest, is_as_logged
from .records import Decision

MADE = "decision.made"
"""The action of an entry about a decision that was made. Its subject is the decision."""
ADOPTED = "decisions.adopted"
"""The action of the entry that names the decisions of older versions, whose entries have no digest."""
ACKNOWLEDGED = "log.acknowledged"
"""The action of the entry in which an operator acknowledges what is wrong."""

MAX_NAMED = 20
"""A check names this many problems, and counts the others."""

_LONGEST_ID = 64
"""The number of characters of an id that are named. Ours have 22."""

_NONE_KNOWN, _ALL_KNOWN = -(2**63), 2**63
"""Lower and higher than every sequence."""


class ProblemKind(StrEnum):
    """Names what is wrong. The subject of the problem is an entry's number, or a decision's id."""

    ENTRY = "entry"
    """This entry is not the one that was written, or it is missing."""
    CUT = "cut"
    """The entries from this one on are missing. At least one of them was noted elsewhere."""
    DECISION_CHANGED = "decision_changed"
    DECISION_MISSING = "decision_missing"
    DECISION_UNLOGGED = "decision_unlogged"
    """The log has no entry of this decision."""
    OLD_DECISIONS = "old_decisions"
    """One of the decisions up to this sequence was changed, or one without an entry was removed or added.
    They have one digest together."""


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """Something that is not as it was written."""

    kind: ProblemKind
    subject: str

    def __str__(self) -> str:
        return _SENTENCES[self.kind].format(self.subject)


_SENTENCES = {
    ProblemKind.ENTRY: "entry {} was changed, removed or inserted, or was made without our keys",
    ProblemKind.CUT: "the log was cut: the entries from {} on are missing, of which one was noted",
    ProblemKind.DECISION_CHANGED: "the decision {} is not what its entry says",
    ProblemKind.DECISION_MISSING: "the decision {} has an entry, and is missing or cannot be read",
    ProblemKind.DECISION_UNLOGGED: "the decision {} has no entry",
    ProblemKind.OLD_DECISIONS: (
        "of the decisions up to number {}, from before each had a digest, one was changed, removed or added"
    ),
}


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The result of a check."""

    entries: int
    head: AuditAnchor | None
    """The newest entry, None if there is none."""
    decisions: int
    unlogged: int
    """How many of the decisions have no entry, and are known from before the log had one for each."""
    problems: tuple[AuditProblem, ...]
    """The first of them."""
    found: int
    """How many problems there are. Of decisions that were added beside adopted ones, the named ones count."""
    acknowledged: int = 0
    """How many more there were, of which an operator knows."""

    @property
    def intact(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.found

    @property
    def broken_at(self) -> int:
        """The number of the first entry that is wrong or missing, 0 if there is none."""
        of_log = (ProblemKind.ENTRY, ProblemKind.CUT)
        return next((int(one.subject) for one in self.problems if one.kind in of_log), 0)


class DecisionReader:
    """Reads all decisions by sequence, and digests those that were there when some entries were written."""

    def __init__(self, entries: Iterable[int]) -> None:
        """Keep a digest for each of these entries, which are given by their numbers."""
        self._read = {number: hashlib.sha256() for number in entries}
        self.count = 0
        self.unlogged = 0
        self.newest_unlogged: deque[Decision] = deque(maxlen=MAX_NAMED)

    def add(self, decision: Decision, entry: int | None) -> None:
        """Read the next decision; `entry` is the number of the one about it, None if there is none."""
        digest = decision_digest(decision).encode()
        for number, read in self._read.items():
            if entry is None or entry < number:
                read.update(digest)
        self.count += 1
        if entry is None:
            self.unlogged += 1
            self.newest_unlogged.append(decision)

    def digest(self, entry: int) -> str:
        """Return the digest for one of the entries, once all decisions are read.

        It covers the decisions with an earlier entry, and all without one.
        """
        return self._read[entry].hexdigest() if entry in self._read else ""


class AuditChecker:
    """Follows the log from its start, once all decisions are read."""

    def __init__(self, chain: AuditChain, anchors: Iterable[AuditAnchor], decisions: DecisionReader) -> None:
        self._chain = ChainChecker(chain, anchors)
        self._decisions = decisions
        self._problems: list[AuditProblem] = []
        self._found = 0
        self._acknowledged = 0
        self._unknown_after = _NONE_KNOWN
        """Decisions without an entry and with a higher sequence are a problem."""

    def follow(self, entry: AuditEntry, stored: Decision | None) -> None:
        """Check the next entry; `stored` is the decision that it is about, as the database has it."""
        before = self._chain.digest if entry.action == ACKNOWLEDGED else ""
        keyed = self._chain.follow(entry)
        if entry.action == MADE:
            self._compare(entry, stored)
        elif keyed and entry.action == ADOPTED:
            self._adopt(entry.sequence, parse_details(entry))
        elif keyed and entry.action == ACKNOWLEDGED and parse_details(entry).get("entries") == before:
            self._acknowledge(entry, parse_details(entry))

    @property
    def digest(self) -> str:
        """The digest of all entries so far, for one that acknowledges them."""
        return self._chain.digest

    def result(self) -> AuditCheck:
        """Return what was found so far, as if the log ended here."""
        chain, problems, found = self._chain.result(), self._problems[:], self._found
        if chain.broken_at:
            kind = ProblemKind.CUT if chain.truncated else ProblemKind.ENTRY
            problems.insert(0, AuditProblem(kind, str(chain.broken_at)))
            found += 1
        newest = [one for one in self._decisions.newest_unlogged if one.sequence > self._unknown_after]
        problems += [_problem(ProblemKind.DECISION_UNLOGGED, one.id) for one in newest]
        none_known = self._unknown_after == _NONE_KNOWN
        found += self._decisions.unlogged if none_known else len(newest)
        return AuditCheck(
            entries=chain.entries,
            head=AuditAnchor(chain.last, chain.head) if chain.entries else None,
            decisions=self._decisions.count,
            unlogged=0 if none_known else self._decisions.unlogged - len(newest),
            problems=tuple(problems[:MAX_NAMED]),
            found=found,
            acknowledged=self._acknowledged,
        )

    def _compare(self, entry: AuditEntry, stored: Decision | None) -> None:
        if stored is None:
            self._add(ProblemKind.DECISION_MISSING, entry.subject)
        elif not is_as_logged(stored, entry.at, parse_details(entry)):
            self._add(ProblemKind.DECISION_CHANGED, entry.subject)

    def _adopt(self, number: int, details: Mapping[str, str]) -> None:
        if details["decisions"] == self._decisions.digest(number):
            self._unknown_after = _ALL_KNOWN
        else:
            self._unknown_after = int(details["through"])
            self._add(ProblemKind.OLD_DECISIONS, details["through"])

    def _acknowledge(self, entry: AuditEntry, details: Mapping[str, str]) -> None:
        if details["decisions"] == self._decisions.digest(entry.sequence):
            self._chain.accept(entry.at)
            self._acknowledged += int(details["problems"])
            self._problems, self._found, self._unknown_after = [], 0, _ALL_KNOWN

    def _add(self, kind: ProblemKind, subject: str) -> None:
        self._found += 1
        if len(self._problems) < MAX_NAMED:
            self._problems.append(_problem(kind, subject))


def _problem(kind: ProblemKind, subject: str) -> AuditProblem:
    """Name a problem. Whoever changed the database may have chosen the id, which a terminal must not obey."""
    letters = (letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in subject)
    return AuditProblem(kind, "".join(letters)[:_LONGEST_ID])


def parse_details(entry: AuditEntry) -> Mapping[str, str]:
    """Return the details of an entry, none if somebody made them something else than JSON of strings."""
    try:
        details = json.loads(entry.details)
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}
