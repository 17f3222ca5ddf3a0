"""Says who has a case: who looks at it now, and to whom it was handed over."""

from dataclasses import dataclass

from services.contract.ids import CaseId

from .actor import Actor
from .roles import Role

CLAIM_LIFETIME = 2 * 60_000
"""A claim ends this many milliseconds after the moderator was last seen at the case."""

MAX_CLAIMS = 20
"""An account has at most this many claims, those that it renewed last: nobody looks at a whole queue."""

SENIORS = ""
"""Stands for all seniors where an assignment names an account."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Says that a moderator looks at a case. It keeps nobody from looking, nor from deciding."""

    case: CaseId
    account: str
    since: int
    until: int
    """Unix milliseconds, like `since`."""

    def keeps_from(self, name: str, now: int) -> bool:
        """Tell whether somebody else has the case at `now`."""
        return self.account != name and self.until > now


@dataclass(frozen=True, slots=True)
class Assignment:
    """Says to whom a case was handed over. `account` may be `SENIORS`."""

    case: CaseId
    account: str
    assigned_by: str
    sentence: str
    assigned_at: int

    def may_be_given_back_by(self, actor: Actor) -> bool:
        """Tell whether the actor may end it: who has the case, who handed it over, and seniors."""
        return actor.name in (self.account, self.assigned_by) or actor.role >= Role.SENIOR
