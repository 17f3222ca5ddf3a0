"""The account that uses the console, and which decisions it may undo."""

from collections.abc import Sequence
from dataclasses import dataclass

from .records import Decision, Level
from .roles import Role

UNDO_WINDOW = 10 * 60_000
"""Moderators may undo their own decision for this many milliseconds."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account and its role, at `now` in Unix milliseconds."""

    name: str
    role: Role
    now: int

    def may_undo(self, decision: Decision, decisions: Sequence[Decision]) -> bool:
        """Tell whether the actor may undo the decision. Decisions of triage cannot be undone."""
        if decision.automated or not decision.case or not is_current(decision, decisions):
            return False
        own = decision.was_decided_by(self.name) and self.now <= decision.made_at + UNDO_WINDOW
        return self.role >= Role.SENIOR or (self.role >= Role.MODERATOR and own)


def is_current(decision: Decision, decisions: Sequence[Decision]) -> bool:
    """Tell whether there is no newer decision, apart from silent dismissals and what a dismissal restored."""
    later = [one for one in decisions if one.sequence > decision.sequence and not _is_silent_dismissal(one)]
    restored = [one.sequence for one in later] == [decision.sequence + 1]
    return not later or (_is_silent_dismissal(decision) and restored)


def _is_silent_dismissal(decision: Decision) -> bool:
    return decision.silent and decision.level is Level.GOOD
