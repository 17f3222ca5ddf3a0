"""Who sits at the console, and what of it they may take back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from .records import Decision
from .roles import Role

UNDO = 10 * 60_000
"""Milliseconds in which one may take back one's own decision."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An account in its role, at `now` (Unix milliseconds)."""

    name: str
    role: Role
    now: int

    def may_undo(self, decision: Decision, made: Sequence[Decision]) -> bool:
        """`made` are the decisions about the same visitor. What triage did is answered, not taken back."""
        if decision.automated or not decision.case or not stands(decision, made):
            return False
        own = decision.moderator == self.name and self.now <= decision.made_at + UNDO
        return self.role >= Role.SENIOR or (self.role >= Role.MODERATOR and own)


def stands(decision: Decision, made: Sequence[Decision]) -> bool:
    """Whether nothing else was decided about the visitor since, but what a dismissal let hold again."""
    later = [one for one in made if one.sequence > decision.sequence and not one.silent]
    return not later or (decision.silent and [one.sequence for one in later] == [decision.sequence + 1])
