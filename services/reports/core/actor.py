"""Who sits at the console, and what of it they may take back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from .records import Decision
from .roles import Role

UNDO_WINDOW = 10 * 60_000
"""Milliseconds in which one may take back one's own decision."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account in its role, at `now` (Unix milliseconds)."""

    name: str
    role: Role
    now: int

    def may_undo(self, decision: Decision, decisions: Sequence[Decision]) -> bool:
        """`made` are the decisions about the same visitor. What triage did is answered, not taken back."""
        if decision.automated or not decision.case or not is_current(decision, decisions):
            return False
        own = decision.moderator == self.name and self.now <= decision.made_at + UNDO_WINDOW
        return self.role >= Role.SENIOR or (self.role >= Role.MODERATOR and own)


def is_current(decision: Decision, decisions: Sequence[Decision]) -> bool:
    """Whether nothing else was decided about the visitor since, but what a dismissal let hold again."""
    later = [one for one in decisions if one.sequence > decision.sequence and not one.silent]
    return not later or (decision.silent and [one.sequence for one in later] == [decision.sequence + 1])
