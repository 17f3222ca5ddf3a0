"""Messages with sealed passes and memories for a browser, and reading what a browser shows of them."""

import time
from collections.abc import Callable
from math import inf

from msgspec import UNSET

from services.contract.errors import MemoryRefused
from services.contract.ids import GatewayId, Pass, VisitorId
from services.contract.memory import (
    SEARCH_RESUME_WINDOW,
    MemoryContent,
    MemorySealer,
    pack_keys,
    pack_partners,
    unpack_keys,
    unpack_partners,
)
from services.contract.passes import PassContent, PassSealer

from ..core import effects
from ..core.events import BlockRequested
from ..core.match_side import MatchSide, Participant
from ..core.messages import (
    Block,
    FreshPass,
    Ice,
    IceRules,
    Matched,
    Memory,
    Partner,
    PartnerBack,
    Resumed,
    Welcome,
)
from ..core.visitor_history import VisitorMemory
from . import metrics
from .ice import IceProvider
from .stats.minute_counters import MinuteCounters

MAX_CONTINUED = 50_000
"""Visitors whose continued search is remembered."""


class MatchMessages:
    """Makes the messages that hold a pass or a memory, and opens those that browsers show.

    Times inside sealed texts are Unix seconds, all others monotonic seconds.
    """

    def __init__(
        self,
        gateway: GatewayId,
        passes: PassSealer,
        memories: MemorySealer,
        counters: MinuteCounters,
        show_country: bool,
        ice: IceProvider,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._gateway = gateway
        self._passes = passes
        self._memories = memories
        self._counters = counters
        self._show_country = show_country
        self._ice = ice
        self._clock = clock
        self._wall_clock = wall_clock
        self._continued: dict[VisitorId, float] = {}
        """The sealing times of memories whose searches have gone on here. Each memory counts once."""

    # --- messages to a browser --------------------------------------------------------------------

    def matched(self, me: Participant, effect: effects.SendMatched) -> Matched:
        """Count the match, and return the message that begins it."""
        self._count(effect.figures)
        side, accept = effect.side, effect.accept
        partner = Partner(
            accept.languages, list(effect.shared_interests), accept.country if self._show_country else None
        )
        return Matched(
            side.match,
            side.polite,
            self._seal_pass(me, side, effect.find),
            self._seal_memory(me, effect.memory),
            partner,
            self._ice_for(me, side),
        )

    def welcome(self, me: Participant, effect: effects.SendWelcome) -> Welcome:
        """Return the first message to a browser, with the match that it resumes."""
        _count_welcome(effect)
        side = effect.side
        memory, rules = self._seal_memory(me, effect.memory), IceRules(self._ice.policy)
        if side is None:
            return Welcome(me.visitor, self._gateway, memory, rules, counts_calls=True, relays_modes=True)
        sealed = self._seal_pass(me, side, effect.find)
        resumed = Resumed(side.match, side.polite, sealed, effect.partner_here, self._ice_for(me, side))
        return Welcome(
            me.visitor, self._gateway, memory, rules, resumed, counts_calls=True, relays_modes=True
        )

    def partner_back(self, me: Participant, effect: effects.SendPartnerBack) -> PartnerBack:
        """Return the message that the partner is back."""
        sealed = self._seal_pass(me, effect.side, effect.find) if effect.fresh else UNSET
        return PartnerBack(effect.side.match, sealed)

    def fresh_pass(self, me: Participant, effect: effects.SendPass) -> FreshPass:
        """Return a newer pass of the match."""
        return FreshPass(effect.side.match, self._seal_pass(me, effect.side, effect.find))

    def memory(self, me: Participant, effect: effects.SendMemory) -> Memory:
        """Return the memory that a browser must keep from now on."""
        return Memory(self._seal_memory(me, effect.memory), effect.blocked or UNSET)

    def _count(self, match: effects.MatchFigures) -> None:
        self._counters.count_match(match.waited, match.repeat, self._wall_clock())
        metrics.MATCHES.labels(match.mode).inc()
        metrics.WAIT.labels(match.mode).observe(match.waited)
        metrics.MATCH_SECONDS.observe(match.reserved_for)
        metrics.REPEATS.inc(match.repeat)

    def _ice_for(self, me: Participant, side: MatchSide) -> Ice:
        return self._ice.ice_for(me, side.match, self._clock(), self._wall_clock())

    def _seal_pass(self, me: Participant, side: MatchSide, find: bytes) -> Pass:
        return self._passes.seal(
            PassContent(
                match=side.match,
                holder=me.visitor,
                holder_gateway=self._gateway,
                partner=side.partner,
                partner_gateway=side.partner_place.gateway,
                polite=side.polite,
                partner_address_hash=side.partner_address_hash,
                started=side.started + self._wall_clock() - self._clock(),
                find=find,
                holder_epoch=me.place.epoch,
                partner_epoch=side.partner_place.epoch,
                holder_device=me.device,
                partner_device=side.partner_device,
                lines=side.lines,
                partner_languages=side.partner_languages,
                partner_country=side.partner_country,
            )
        )

    def _seal_memory(self, me: Participant, memory: VisitorMemory) -> str:
        now = self._clock()
        return self._memories.seal(
            MemoryContent(
                me.visitor,
                memory.places,
                self._wall_clock(),
                pack_partners(memory.partners, now),
                pack_keys(memory.blocked),
                memory.present,
                memory.find,
                now - memory.since if memory.find else 0.0,
                me.device,
            )
        )

    # --- what a browser shows ----------------------------------------------------------------------

    def open_pass(self, sealed: str, visitor: VisitorId, device: int = 0) -> PassContent:
        """Open a pass of `visitor`, or of another visitor of the same `device`. Raises `PassRefused`."""
        return self._passes.open(sealed, visitor, self._wall_clock(), device)

    def open_block(self, message: Block, me: Participant) -> BlockRequested:
        """Open the pass of the partner whom `me` wants to block. Raises `PassRefused`."""
        content = self.open_pass(message.pass_, me.visitor, me.device)
        own = content.partner_device == me.device  # of two tabs only the other is blocked
        return BlockRequested(content.match, content.partner, 0 if own else content.partner_device)

    def to_monotonic(self, wall: float) -> float:
        """Convert `wall` (Unix seconds) to the monotonic clock."""
        return self._clock() + wall - self._wall_clock()

    def open_memory(self, sealed: str, visitor: VisitorId, device: int = 0) -> VisitorMemory:
        """Open the memory that `visitor` shows. Raises `MemoryRefused`.

        If it is of another visitor of their `device` (0 is none), it tells only whom they block.
        """
        wall = self._wall_clock()
        content = self._memories.open(sealed, visitor, wall, device)
        try:
            partners = unpack_partners(content.partners)
            blocked = unpack_keys(content.blocked)
        except ValueError as error:
            raise MemoryRefused(f"the memory cannot be read: {error}") from None
        if content.visitor != visitor:
            return VisitorMemory(blocked=blocked)
        now, age = self._clock(), max(wall - content.sealed_at, 0.0)
        goes_on = (
            content.find and age <= SEARCH_RESUME_WINDOW and self._record_use(visitor, content.sealed_at)
        )
        return VisitorMemory(
            tuple((key, now - age - ago) for key, ago in partners),
            blocked,
            content.present,
            content.places,
            content.find if goes_on else b"",
            now - age - max(content.searched, 0.0) if goes_on else inf,
        )

    def _record_use(self, visitor: VisitorId, sealed_at: float) -> bool:
        """Note that a search goes on from a memory sealed at that time. Return False if it did before."""
        wall = self._wall_clock()
        while self._continued and next(iter(self._continued.values())) < wall - SEARCH_RESUME_WINDOW:
            del self._continued[next(iter(self._continued))]
        if self._continued.get(visitor, -inf) >= sealed_at:
            return False
        self._continued.pop(visitor, None)
        self._continued[visitor] = min(sealed_at, wall)
        if len(self._continued) > MAX_CONTINUED:
            del self._continued[next(iter(self._continued))]
        return True


def _count_welcome(effect: effects.SendWelcome) -> None:
    metrics.CONNECTIONS.labels("welcome" if effect.side is None else "resumed").inc()
    if effect.side is not None:
        metrics.RESUMES.labels("together" if effect.partner_here else "alone").inc()
    elif effect.is_over:
        metrics.RESUMES.labels("over").inc()
