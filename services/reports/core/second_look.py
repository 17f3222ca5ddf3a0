"""Says which decisions need a second moderator, and what holds until there was one."""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.contract.ids import CaseId, DecisionId

from .records import DAY_MS, Decision, DecisionCause, Level, NewDecision, Reason
from .roles import Role

PROVISIONAL_LIFETIME = 3 * DAY_MS
"""What was proposed holds for at most this many milliseconds without a second moderator."""

LONGEST_ALONE = 366 * DAY_MS
"""What holds for more milliseconds counts as without an end."""


class SecondLook(StrEnum):
    """The setting. `AUTO` asks for a second moderator if there is another account that may confirm."""

    ON = "on"
    OFF = "off"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that waits for a second moderator. `decision` is the one that holds until then."""

    case: CaseId
    decision: Decision
    until: int
    """The end that was proposed, in Unix milliseconds; 0 means without an end."""

    @property
    def proposed(self) -> NewDecision:
        """The decision as it was proposed."""
        return replace(self.decision, until=self.until)

    def may_be_confirmed_by(self, name: str, role: Role) -> bool:
        """Tell whether this account may confirm it: nobody confirms their own."""
        return name != self.decision.moderator and role >= confirming_role(self.proposed)

    def is_over(self, now: int) -> bool:
        """Tell whether even the proposed end has passed."""
        return 0 < self.until <= now


def needs_second_look(decision: NewDecision) -> bool:
    """Tell whether one person alone may not decide this: what has no end, and what says "a minor"."""
    minor = decision.level is not Level.GOOD and decision.rule == Reason.MINOR.name.lower()
    return minor or (decision.level >= Level.RESTRICTED and _is_endless(decision))


def confirming_role(decision: NewDecision) -> Role:
    """Return the least role that may confirm a decision. It is the least that may make it."""
    return Role.SENIOR if decision.level is Level.BANNED and _is_endless(decision) else Role.MODERATOR


def _is_endless(decision: NewDecision) -> bool:
    return not decision.until or decision.until - decision.made_at > LONGEST_ALONE


def provisional_decision(proposed: NewDecision, held: Decision | None) -> NewDecision:
    """Return what holds at once: the same with an end that is never later than what was proposed.

    It is silent, and replaces nothing, where what holds already (`held`) is as strict and ends no sooner.
    """
    latest = proposed.made_at + PROVISIONAL_LIFETIME
    until = min(proposed.until or latest, latest)
    covered = held is not None and held.level >= proposed.level and (held.until == 0 or held.until >= until)
    return replace(proposed, until=until, cause=DecisionCause.PROPOSED, silent=covered)


def confirmed_decision(proposal: Proposal, id: DecisionId, confirmer: str, now: int) -> NewDecision:
    """Return the decision of both, made at `now` (Unix milliseconds)."""
    held = proposal.decision
    return NewDecision(
        id=id,
        visitor=held.visitor,
        level=held.level,
        rule=held.rule,
        reason=held.reason,
        automated=False,
        made_at=now,
        until=proposal.until,
        moderator=held.moderator,
        statement=held.statement,
        evidence=held.evidence,
        case=held.case,
        device=held.device,
        confirmed_by=confirmer,
        template=held.template,
        addition=held.addition,
        language=held.language,
        reporters_told=held.reporters_told,
    )
