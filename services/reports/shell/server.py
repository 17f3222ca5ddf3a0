"""The gRPC server: the services of reports.proto, and the standard health service."""

from grpc import aio
from grpc_health.v1 import health_pb2_grpc  # it ships no types
from grpc_health.v1.health import aio as health_aio

from protos import reports_pb2_grpc as rpc
from services.runtime.peer_names import PeerInterceptor
from services.runtime.rpc import OPTIONS, ErrorInterceptor, bind
from services.runtime.tls import TlsFolder

from .moderation_servicer import ModerationServicer
from .reports_servicer import CALLERS, STATUSES, ReportsServicer

_GRACE = 1.0
"""Seconds that calls under way get when the process stops."""


class ReportsServer:
    """Serves gateways and moderators' commands on `address` (host:port).

    With a certificate, only those whom `CALLERS` names may call.
    """

    def __init__(
        self,
        address: str,
        reports: ReportsServicer,
        moderation: ModerationServicer,
        certificate: TlsFolder | None = None,
    ) -> None:
        self._address = address
        self._certificate = certificate
        self._health = health_aio.HealthServicer()
        interceptors: list[aio.ServerInterceptor] = [ErrorInterceptor(STATUSES)]
        if certificate is not None:
            interceptors.append(PeerInterceptor(CALLERS))
        self._server = aio.server(interceptors=interceptors, options=OPTIONS)
        rpc.add_ReportsServicer_to_server(reports, self._server)
        rpc.add_ModerationServicer_to_server(moderation, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.serving = False

    async def start(self) -> None:
        """Start to listen. Raises `OSError` if the port is taken."""
        bind(self._server, self._address, self._certificate)
        await self._server.start()
        self.serving = True

    async def stop(self) -> None:
        """Stop when the calls under way are answered, after a second at most."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(_GRACE)
