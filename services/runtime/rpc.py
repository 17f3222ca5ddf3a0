"""Settings and connections of gRPC at both ends, and errors that keep their code across it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
from grpc import StatusCode, aio

from services.contract.errors import ZufallError

from .listening import check_free
from .logs import logger
from .request_ids import continued_request
from .tls import TlsFiles, TlsFolder

OPTIONS: list[tuple[str, int]] = [
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 2_000),  # what one attempt to connect may take, on a busy machine too
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.dns_min_time_between_resolutions_ms", 2_000),  # an address may have changed with a restart
    ("grpc.so_reuseport", 0),  # a taken port is an error and not a silent second server
]
"""Options of servers and channels. A lost peer is noticed within 15 s and dialled again every 2 s."""

HEARTBEAT = 0.5
"""Seconds after which each end of a long-lived stream sends a message, an empty one if need be."""

HEARTBEAT_TIMEOUT = 2.0
"""Seconds without a message after which a peer counts as hung. Keepalive notices only a host that is gone."""

LARGE_MESSAGES: list[tuple[str, int]] = [*OPTIONS, ("grpc.max_receive_message_length", 64 * 1024 * 1024)]
"""Options of streams of batches, which may be far larger than the usual 4 MiB."""

_CODE_KEY = "zufall-code"


def bind(server: aio.Server, address: str, certificate: TlsFolder | None) -> int:
    """Listen on `address` (host:port), and return the port. Raises `OSError` if the port is taken.

    With a certificate only peers connect that have one of the same authorities.
    """
    check_free(address)  # gRPC does not say why it cannot listen
    try:
        if certificate is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, _server_credentials(certificate))
    except RuntimeError as error:
        raise OSError(f"cannot listen on {address}: {error}") from error


def open_channel(
    address: str,
    server: str,
    certificate: TlsFolder | None,
    options: Sequence[tuple[str, Any]] = OPTIONS,
) -> aio.Channel:
    """Return a channel to the process at `address`, whose certificate must have the name `server`.

    It connects with the certificate of now. A later one takes effect on the next channel.
    """
    if certificate is None:
        return aio.insecure_channel(address, options=options)
    files = certificate.latest()
    credentials = grpc.ssl_channel_credentials(files.authorities, files.key, files.certificate)
    named = [*options, ("grpc.ssl_target_name_override", server)]
    return aio.secure_channel(address, credentials, options=named)


def _server_credentials(certificate: TlsFolder) -> grpc.ServerCredentials:
    """Return credentials that gRPC asks for again before each handshake."""
    given = certificate.latest()

    def changed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal given
        latest = certificate.latest()
        if latest == given:
            return None
        given = latest
        return _configuration(latest)

    return grpc.dynamic_ssl_server_credentials(
        _configuration(given),
        changed,  # type: ignore[arg-type]  # None is for no change, as gRPC documents
        require_client_authentication=True,
    )


def _configuration(files: TlsFiles) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(files.key, files.certificate)], files.authorities)


class ErrorInterceptor(aio.ServerInterceptor):
    """Answers a `ZufallError` with its status, its stable code and its message.

    What a call logs has the id of the request that it belongs to.
    """

    def __init__(self, statuses: Mapping[type[ZufallError], StatusCode]) -> None:
        self._statuses = statuses

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        return grpc.unary_unary_rpc_method_handler(
            self._wrap(handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _wrap(self, call: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Awaitable[Any]]:
        async def wrapped(request: Any, context: aio.ServicerContext[Any, Any]) -> Any:
            with continued_request(context.invocation_metadata() or ()):
                try:
                    return await call(request, context)
                except ZufallError as error:
                    logger().debug("a call was refused", code=error.code)
                    status = self._statuses.get(type(error), StatusCode.INTERNAL)
                    await context.abort(status, error.message, trailing_metadata=((_CODE_KEY, error.code),))

        return wrapped


def error_code(error: aio.AioRpcError) -> str | None:
    """Return the stable code that the server's `ErrorInterceptor` sent, or None."""
    for key, value in error.trailing_metadata() or ():
        if key == _CODE_KEY:
            return str(value)
    return None
