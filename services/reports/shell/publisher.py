"""A decision that was committed reaches everybody: those who watch, and gateways over NATS at once."""

from protos import reports_pb2 as pb
from services.contract.ids import DecisionId, VisitorId

from ..core.records import Appeal, AppealState, Decision, Level, NewDecision
from . import metrics, proto_mapping
from .appeal_tokens import AppealTokens
from .ports import StandingAnnouncer
from .standings import StandingsCache


class DecisionPublisher:
    """Where decisions are made known."""

    def __init__(self, board: StandingsCache, announcements: StandingAnnouncer, tokens: AppealTokens) -> None:
        self.board = board
        self._announcements = announcements
        self._tokens = tokens

    def standing(self, visitor: VisitorId, now: int) -> pb.VisitorStanding:
        """How the visitor stands at `now` (Unix milliseconds)."""
        decision = self.board.standing(visitor, now)
        if decision is None:
            return pb.VisitorStanding(visitor=visitor)
        return proto_mapping.standing(decision, self._tokens)

    async def publish(self, decision: Decision) -> pb.VisitorStanding:
        """Safe to call twice."""
        standing = proto_mapping.standing(decision, self._tokens)
        metrics.DECISIONS.labels(level=decision.level.name.lower()).inc()
        self.board.apply([decision])
        await self._announcements.announce(pb.StandingsBatch(standings=[standing]).SerializeToString())
        return standing


def answered(decision: DecisionId, overturn: bool, answer: str, moderator: str, now: int) -> Appeal:
    """How the appeal stands from `now` (Unix milliseconds) on; its text stays what it is."""
    return Appeal(
        decision=decision,
        text="",
        filed_at=0,
        state=AppealState.OVERTURNED if overturn else AppealState.UPHELD,
        answer=answer,
        moderator=moderator,
        decided_at=now,
    )


def lifted(decision: Decision, id: DecisionId, appeal: Appeal) -> NewDecision:
    """What holds when the appeal against `decision` was right."""
    return NewDecision(
        id=id,
        visitor=decision.visitor,
        level=Level.GOOD,
        rule="",
        reason=f"the appeal against {decision.id} was right",
        automated=False,
        made_at=appeal.decided_at,
        until=0,
        moderator=appeal.moderator,
        statement=appeal.answer,
    )
