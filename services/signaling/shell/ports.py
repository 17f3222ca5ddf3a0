"""The gateway's ports to the outside. `tests/ports` tests what their adapters must do."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from services.contract.errors import CloseCode, ZufallError
from services.contract.gateway_messages import GatewayMessage
from services.contract.ids import UNTRACED, GatewayId, MatchId, ReportId, TicketId, TraceContext, VisitorId

from ..core.messages import Banned, Mode
from ..core.wishes import SearchTicket
from .appeal_request import AppealStatus
from .report_outcomes import ReportOutcomeList
from .report_request import ReportRequest
from .stats.cluster_stats import ClusterStatus


class Outbox(Protocol):
    """The sending side of one visitor's socket. It never blocks: a reader that is too slow is cut off."""

    def send(self, frame: bytes) -> None: ...

    def close(self, code: CloseCode) -> None:
        """Close the socket after everything that was sent before."""


class Matchmaker(Protocol):
    """Offers each ticket to the owner of its lane, and again when the owner changes."""

    @property
    def ready(self) -> bool:
        """Whether any matcher answers. Otherwise tickets wait here until one does."""

    def offer(self, ticket: SearchTicket, restricted: bool) -> None:
        """Offer the ticket until it is paired or withdrawn. Restricted visitors have pools of their own."""

    def withdraw(self, ticket: TicketId) -> None: ...

    def waiting(self, mode: Mode, restricted: bool) -> int:
        """Return the number of tickets that wait in the pool of everybody, as far as it is known."""

    def waiting_in_room(self, ticket: TicketId) -> int:
        """Return the number of tickets in the ticket's room, as far as it is known."""


class RoomAdmission(Protocol):
    """Says who may search in a room."""

    def refusal(self, room: str, visitor: VisitorId, device: int) -> ZufallError | None:
        """Return why the visitor may not search in this room now, or None if they may."""


class WaitingNames(Protocol):
    """Lets other gateways learn under which names (`contract.meetings`) visitors of this one wait."""

    def register(self, name: str) -> None: ...

    def deregister(self, name: str) -> None:
        """Undo one `register`."""


class Bus(Protocol):
    """Carries messages to other gateways in order, each at most once."""

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None: ...

    def subscribe_to_match(self, match: MatchId) -> None:
        """Listen on the match's own subject, until `unsubscribe_from_match`."""

    def unsubscribe_from_match(self, match: MatchId) -> None: ...

    def publish_to_match(self, message: GatewayMessage) -> None:
        """Send the message to every gateway that listens on the subject of its match."""


class PubSub(Protocol):
    """Publishes bytes on subjects that any number of gateways listen on. Messages may be lost."""

    @property
    def connected(self) -> bool: ...

    async def subscribe(
        self, subject: str, on_message: Callable[[bytes, str], None], group: str = ""
    ) -> Callable[[], Awaitable[None]]:
        """Call `on_message` with each payload and its reply subject, or "". Return what ends this.

        Each message reaches one of the subscribers in a `group`. Raises `ConnectionError` once stopped.
        """

    async def publish(self, subject: str, payload: bytes, reply_to: str = "") -> bool:
        """Send now or never, and return whether the payload was sent."""

    def new_inbox(self) -> str:
        """Return a new subject, on which only this gateway listens for replies."""


class ClusterMembership(Protocol):
    """Knows which other gateways are alive."""

    def is_suspected(self, gateway: GatewayId) -> bool:
        """Return whether the gateway is silent although it should have been heard by now."""

    def watch(self, gateway: GatewayId) -> None:
        """Report the gateway when it is silent, even if it never sent a heartbeat."""


class Standings(Protocol):
    """Knows who is not in good standing now. It reports each loss when it happens, but not its end.

    A visitor stands like the strictest of themselves and of the others of their device. `device` is its key,
    0 if the visitor has none.
    """

    def ban(self, visitor: VisitorId, device: int) -> Banned | None:
        """Return the notice for a banned visitor, None for all others."""

    def restricted(self, visitor: VisitorId, device: int) -> bool: ...

    def watched(self, visitor: VisitorId, device: int) -> bool: ...


class Reports(Protocol):
    """Takes reports and appeals."""

    async def file(
        self,
        reporter: VisitorId,
        network: bytes,
        report: ReportRequest,
        device_hours: int | None = None,
        trace: TraceContext = UNTRACED,
    ) -> ReportId:
        """Return when the report is committed. Raises `ZufallError`.

        `network` is a keyed hash of the reporter's network. `device_hours` says for how long the reporter's
        device has been known; it is None without a device. `trace` is continued.
        """

    async def appeal(self, token: str, text: str = "", language: str = "") -> AppealStatus:
        """File the appeal and return when it is committed. Without `text`, only return its state.

        `language` is that of the page, such as "fr", "" if it is unknown.
        """

    async def outcomes(self, reports: Sequence[str]) -> ReportOutcomeList:
        """Return what became of these reports. Raises `ZufallError`."""


class ClusterStatusSource(Protocol):
    """Knows the numbers of all gateways together."""

    def cluster_status(self) -> ClusterStatus:
        """Return the status of the cluster as far as this gateway knows it."""
