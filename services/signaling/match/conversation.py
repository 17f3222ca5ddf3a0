"""One match, as the gateway of one of its two visitors keeps it. Pure; times are monotonic seconds."""

from typing import Literal, assert_never

from msgspec import UNSET

from services.contract.envelopes import Heard, Kind, Line, Whereabouts, pack
from services.contract.errors import PartnerIsAway
from services.contract.ids import GatewayId, MatchId, VisitorId
from services.contract.limits import GRACE

from .. import events
from ..effects import Announce, AskBack, Drop, Effect, Send, SendFrame, ShowReturn, Tell, Wake, Welcome
from ..messages import Chat, Error, PartnerAway, Reveal, ToPartner, Typing, parse
from .encounters import Encounter, Party
from .handover import Conversed
from .lines import Incoming, Outgoing

Unknown = Literal["partner", "handover"]

CONFIRM = 1.0
"""Seconds for the partner's gateway and the former one to answer. Meanwhile a browser is not welcomed."""

SAY_AGAIN = 2.0
"""Seconds after which lines that were not heard are told again: some message was lost."""


class Conversation:
    """The state of a session in a match: where the partner is, and what they have yet to hear.

    `here`: our visitor's socket is here. `away`: the partner's is not, or nobody knows where it is.
    `lost_at`, `away_at`: since when.
    """

    __slots__ = (
        "_came_at", "_moved", "_saying_again", "_unknown", "away", "away_at", "encounter", "here", "incoming",
        "lost_at", "me", "outgoing", "shared_interests",
    )  # fmt: skip

    def __init__(self, me: Party, encounter: Encounter, stream: str, now: float) -> None:
        self.me = me
        self.encounter = encounter
        self.shared_interests: tuple[str, ...] = ()
        self.outgoing = Outgoing(stream)
        self.incoming = Incoming()
        self.here = True
        self.away = False
        self.lost_at = self.away_at = 0.0
        self._came_at = now
        """When the partner came to their gateway, or nothing older can be believed."""
        self._saying_again = False
        self._moved = False
        """Whether the pass of our browser names a gateway where the partner is not any more."""
        self._unknown: set[Unknown] = set()
        """What we wait for before a browser that asked to resume is welcomed."""

    @property
    def welcomed(self) -> bool:
        """Whether our browser knows that the match goes on."""
        return not self._unknown

    @property
    def match(self) -> MatchId:
        return self.encounter.match

    @property
    def partner(self) -> VisitorId:
        return self.encounter.partner

    @property
    def partner_gateway(self) -> GatewayId:
        return self.encounter.partner_gateway

    def concerns(self, event: events.InMatch) -> bool:
        """Whether the event is about this match, or about whatever match there is."""
        return isinstance(event, events.GatewayLost | events.Answered | events.Reconnected) or (
            event.match == self.match
        )

    def on_event(self, event: events.WhileMatched, now: float) -> list[Effect]:
        """Something happened in this match that does not end it."""
        match event:
            case events.PartnerSaidLine():
                return self.hear(event.line)
            case events.Answered():
                return self.answered(event.mark)
            case events.LinesHeard():
                return self.heard(event.heard)
            case events.Unheard():
                return self.unheard_for_long()
            case events.PartnerAt():
                return self.partner_at(event.where, now)
            case events.PartnerArrived():
                return self.partner_arrived(event.gateway, event.address_hash, event.age, now)
            case events.PartnerNotThere():
                return self.seek_partner(event.gateway, now)
            case events.GatewayLost():
                return self.seek_partner(event.gateway, now)
            case events.Reconnected():
                return self.regain_browser(event.me)
            case events.Unconfirmed():
                return self.unconfirmed()
            case _:
                assert_never(event)

    # --- what is said ------------------------------------------------------------------------------

    def say(self, message: ToPartner, frame: bytes) -> list[Effect]:
        """Our browser says something. Chat must arrive; so must what is said to a partner who is away.

        A lifted curtain must, too, or the two would wait for each other without an end. What comes after a
        line that is not heard yet goes the same way, or it would overtake it.
        """
        if isinstance(message, Typing):
            return [Drop("partner_away")] if self.away else [self._tell(Kind.FRAME, frame)]
        if isinstance(message, Chat | Reveal) or self.away or self.outgoing:
            return self._say_surely(message, frame)
        return [self._tell(Kind.FRAME, frame)]

    def _say_surely(self, message: ToPartner, frame: bytes) -> list[Effect]:
        chat = message.id if isinstance(message, Chat) else UNSET
        if chat and self.outgoing.repeats(frame):
            return []
        line = self.outgoing.take(frame)
        if line is None:
            return [Send(Error(PartnerIsAway.code, "too many lines wait for the stranger", id=chat))]
        return [] if self.away else [self._tell(Kind.LINE, pack(line)), *self._watch()]

    def say_again(self) -> list[Effect]:
        """Every line that the partner has not heard."""
        if self.away or not self.outgoing:
            return []
        return [*(self._tell(Kind.LINE, pack(line)) for line in self.outgoing.unheard()), *self._watch()]

    def unheard(self) -> list[str]:
        """The ids of the lines of chat that the partner has not heard."""
        said = (parse(line.frame) for line in self.outgoing.unheard())
        return [message.id for message in said if isinstance(message, Chat)]

    def unheard_for_long(self) -> list[Effect]:
        self._saying_again = False
        return self.say_again()

    def _watch(self) -> list[Effect]:
        if self._saying_again:
            return []
        self._saying_again = True
        return [Wake(SAY_AGAIN, events.Unheard(self.match))]

    # --- what is heard -----------------------------------------------------------------------------

    def hear(self, line: Line) -> list[Effect]:
        """A line of the partner. What is not taken now comes again."""
        if not self.here or self._unknown:
            return []
        if not self.incoming.takes(line):
            return self._repeat_heard(line)
        shown: list[Effect] = [SendFrame(line.frame)] if self.incoming.shows(line) else []
        return [*shown, *self._ask()]

    def answered(self, mark: bytes) -> list[Effect]:
        """Our browser has answered a ping, so it has all that was sent before."""
        if not self.incoming.answered(mark):
            return []
        return [self._tell(Kind.HEARD, pack(self.incoming.heard)), *self._ask()]

    def heard(self, heard: Heard) -> list[Effect]:
        self.outgoing.heard(heard)
        return []

    def _ask(self) -> list[Effect]:
        mark = self.incoming.ask()
        return [AskBack(mark)] if mark else []

    def _repeat_heard(self, line: Line) -> list[Effect]:
        heard = self.incoming.heard
        known = line.stream == heard.stream and line.number <= heard.number
        return [self._tell(Kind.HEARD, pack(heard))] if known else []

    # --- where the partner is ----------------------------------------------------------------------

    def partner_at(self, where: Whereabouts, now: float) -> list[Effect]:
        """The partner's gateway tells. One that the partner has left since is not believed."""
        if where.gateway != self.partner_gateway and not self.away:
            return [self.whereabouts()]  # to the one that is believed: if they are not there, it says so
        self._move(where.gateway, where.address_hash, now)
        self.outgoing.heard(where.heard)
        found = self._find_partner() if where.here else self.lose_partner(now)
        return [*found, *(self._learn("partner") or self.say_again())]

    def partner_arrived(
        self, gateway: GatewayId, address_hash: bytes, age: float, now: float
    ) -> list[Effect]:
        """The partner's gateway tells everybody that they are there, and waits for our answer.

        If it is another one than before, it tells when they are welcomed: till then they hear nothing.
        One that was paused since they left it may still believe what it tells.
        """
        if gateway == self.partner_gateway:
            self._came_at = max(self._came_at, now - age)
            return [self.whereabouts(), *self._find_partner(), *self._learn("partner")]
        if not self.away and now - age < self._came_at:
            return [self.whereabouts()]  # to the one that is believed: if they are not there, it says so
        self._move(gateway, address_hash, now - age)
        waits = [] if self.away else self._miss_partner(now)
        return [self.whereabouts(), *waits, *self._learn("partner")]

    def lose_partner(self, now: float) -> list[Effect]:
        """The partner's socket or gateway is gone. They may come back within the grace."""
        if self.away:
            return []
        shown: list[Effect] = [] if self._unknown else [Send(PartnerAway(self.match, GRACE))]
        return [*shown, *self._miss_partner(now)]

    def seek_partner(self, gateway: GatewayId, now: float) -> list[Effect]:
        """The partner is not at `gateway`, where we believed them: whoever has them may say so."""
        if gateway != self.partner_gateway or self.away:
            return []
        return [*self.lose_partner(now), self._announce()]

    def _miss_partner(self, now: float) -> list[Effect]:
        self.away, self.away_at = True, now
        return [Wake(GRACE, events.PartnerOverdue(self.match, now))]

    def _move(self, gateway: GatewayId, address_hash: bytes, came_at: float) -> None:
        if gateway != self.partner_gateway:
            self.encounter = self.encounter.moved(gateway, address_hash)
            self._came_at = came_at
            self._moved = True

    def _find_partner(self) -> list[Effect]:
        if not self.away:
            return []
        self.away = False
        if self._unknown:
            return []
        fresh, self._moved = self._moved, False
        return [ShowReturn(self.encounter, fresh)]

    # --- where we are ------------------------------------------------------------------------------

    def lose_browser(self, now: float) -> list[Effect]:
        """Our visitor's socket is gone."""
        self.here, self.lost_at = False, now
        self.incoming.returned()
        self.outgoing.returned()
        return [self.whereabouts(), Wake(GRACE, events.Overdue(self.match, now))]

    def regain_browser(self, me: Party) -> list[Effect]:
        """It is back, at this gateway, which knows everything."""
        self.me, self.here = me, True
        self.incoming.returned()
        self.outgoing.returned()
        return [] if self._unknown else self._welcome()

    def resume(self, former: GatewayId | None, now: float) -> list[Effect]:
        """It has come from another gateway. `former`, if it lives, has more to tell than the pass does."""
        self._unknown = {"partner", "handover"} if former else {"partner"}
        self.incoming = Incoming(whole=False)
        self.away, self.away_at = True, now
        return [
            self._announce(former),
            Wake(CONFIRM, events.Unconfirmed(self.match)),
            Wake(GRACE, events.PartnerOverdue(self.match, now)),
        ]

    def written(self) -> Conversed:
        """For the gateway that goes on with it."""
        return Conversed(self.encounter, self.outgoing.written(), self.incoming.written())

    def adopt(self, conversed: Conversed | None) -> list[Effect]:
        """What the former gateway knew. Too late, when the conversation goes on already."""
        if "handover" not in self._unknown:
            return []
        if conversed is not None and conversed.encounter.match == self.match:
            self.outgoing = Outgoing.read(*conversed.outgoing)
            self.outgoing.returned()
            self.incoming = Incoming(*conversed.incoming)
        return self._learn("handover")

    def overdue(self, since: float) -> bool:
        """Whether our browser, lost at `since`, has not come back."""
        return not self.here and self.lost_at == since

    def partner_overdue(self, since: float) -> bool:
        """Whether the partner, away at `since`, has not come back."""
        return self.away and self.away_at == since

    def unconfirmed(self) -> list[Effect]:
        """Nobody else will answer: the partner's gateway is gone, too, or the former one."""
        return self._welcome() if self._unknown else []

    def _learn(self, known: Unknown) -> list[Effect]:
        if not self._unknown:
            return []
        self._unknown.discard(known)
        return [] if self._unknown else self._welcome()

    def _welcome(self) -> list[Effect]:
        self._unknown.clear()
        self._moved = False
        return [Welcome(self.encounter, not self.away), self.whereabouts(), *self.say_again()]

    def whereabouts(self) -> Tell:
        """Tells the partner's gateway where we are, and what our browser has heard."""
        me = self.me
        told = Whereabouts(me.visitor, me.gateway, self.here, me.address_hash, self.incoming.heard)
        return self._tell(Kind.WHEREABOUTS, pack(told))

    def absence(self) -> Tell:
        """Tells the partner's gateway that our visitor is not here any more; perhaps they are elsewhere."""
        return self._tell(Kind.ABSENT, self.me.gateway.encode())

    def _announce(self, former: GatewayId | None = None) -> Announce:
        return Announce(self.match, self.partner, former or GatewayId(""))

    def _tell(self, kind: Kind, body: bytes = b"") -> Tell:
        return Tell(self.partner_gateway, self.partner, self.match, kind, body)
