"""Publishes committed decisions and revocations: to gateways that watch standings, and over NATS at once."""

from protos import reports_pb2 as pb
from services.contract.ids import UNTRACED, TraceContext, VisitorId

from ..core.records import Decision, RevokedToken
from . import proto_mapping
from .filing_follower import FilingFollower
from .ports import StandingAnnouncer
from .standings import StandingsCache


class DecisionPublisher:
    """Makes decisions known."""

    def __init__(
        self, standings: StandingsCache, announcer: StandingAnnouncer, follower: FilingFollower
    ) -> None:
        self.standings = standings
        self._announcer = announcer
        self._follower = follower

    def standing(self, visitor: VisitorId, device: int, now: int) -> pb.VisitorStanding:
        """Return how the visitor stands at `now` (Unix milliseconds). `device` is 0 if it is unknown."""
        decision = self.standings.standing(visitor, device, now)
        if decision is None:
            return pb.VisitorStanding(visitor=visitor)
        return proto_mapping.standing(decision)

    async def publish(self, decision: Decision, trace: TraceContext = UNTRACED) -> pb.VisitorStanding:
        """Make a committed decision known, which may follow from a traced report. Calling twice is safe."""
        standing = proto_mapping.standing(decision)
        self.standings.apply([decision])
        announced = pb.StandingsBatch(standings=[proto_mapping.announced(decision)])
        await self._announcer.announce(announced.SerializeToString())
        self._follower.on_decision(decision, trace)
        return standing

    async def publish_revoked(self, token: RevokedToken) -> pb.RevokedToken:
        """Make it known that a token was revoked, which is committed. It is safe to call twice."""
        self.standings.revoke([token])
        revoked = proto_mapping.revoked_token(token)
        await self._announcer.announce(pb.StandingsBatch(revoked=[revoked]).SerializeToString())
        return revoked
