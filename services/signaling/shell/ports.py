"""What the hub needs from the world. Each port has a real adapter in `adapters/` and a fake in the tests."""

from typing import Protocol

from services.contract.errors import CloseCode
from services.contract.gateway_messages import GatewayMessage
from services.contract.ids import GatewayId, MatchId, ReportId, TicketId, VisitorId

from ..core.messages import Banned, Mode
from ..core.wishes import SearchTicket
from .appeal_request import AppealStatus
from .report_request import ReportRequest
from .stats.cluster_stats import ClusterStatus


class Outbox(Protocol):
    """One visitor's socket. Never blocks: a reader that is too slow is closed."""

    def send(self, frame: bytes) -> None: ...

    def close(self, code: CloseCode) -> None:
        """Close after everything sent before."""


class Matchmaker(Protocol):
    """Offers tickets to whoever owns their lane, again and again until they are paired or withdrawn."""

    def offer(self, ticket: SearchTicket, restricted: bool) -> None: ...

    def withdraw(self, ticket: TicketId) -> None: ...

    def waiting(self, mode: Mode, restricted: bool) -> int:
        """How many tickets wait in the pool, as far as is known."""


class Bus(Protocol):
    """Carries messages to other gateways, in order, at most once."""

    def send(self, gateway: GatewayId, message: GatewayMessage) -> None: ...

    def join_rendezvous(self, match: MatchId) -> None:
        """Listen on the match's own subject, until `leave_rendezvous`."""

    def leave_rendezvous(self, match: MatchId) -> None:
        """Listen there no longer."""

    def send_to_rendezvous(self, message: GatewayMessage) -> None:
        """Say something on its match's own subject, to whoever listens there."""


class ClusterMembership(Protocol):
    """Which other gateways there are."""

    def is_suspected(self, gateway: GatewayId) -> bool:
        """Whether it has been heard of late, or is not known yet."""

    def watch(self, gateway: GatewayId) -> None:
        """Tell when it is silent, even if it never spoke: a visitor of it is with one of ours."""


class Standings(Protocol):
    """Who is not in good standing right now. Losses are told as they happen, the ends of them are not."""

    def ban(self, visitor: VisitorId) -> Banned | None:
        """The notice for a banned visitor."""

    def restricted(self, visitor: VisitorId) -> bool: ...


class Reports(Protocol):
    """Takes complaints."""

    async def file(
        self, reporter: VisitorId, network: bytes, filing: ReportRequest, device_hours: int | None = None
    ) -> ReportId:
        """Returns when the report is committed; raises `ZufallError`.

        `network`: keyed hash of the reporter's. `device_hours`: for how long their device has been known,
        None if they have none.
        """

    async def appeal(self, token: str, text: str = "") -> AppealStatus:
        """Files the appeal, once, and returns when it is committed; without a text, only how it stands."""


class Presence(Protocol):
    """Knows of all gateways."""

    def picture(self) -> ClusterStatus:
        """The cluster as far as this gateway knows it."""
