"""Lets a gRPC service be called only by processes whose certificates have certain names."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from inspect import isasyncgenfunction
from typing import Any

import grpc
from grpc import StatusCode, aio

Context = aio.ServicerContext[Any, Any]

_HANDLERS: dict[tuple[bool, bool], Callable[..., "grpc.RpcMethodHandler[Any, Any]"]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def peer_names(context: Context) -> frozenset[str]:
    """Return the DNS names in the other end's certificate, none without TLS."""
    found: Mapping[str, Iterable[bytes]] = context.auth_context()
    return frozenset(name.decode() for name in found.get("x509_subject_alternative_name", ()))


class PeerInterceptor(aio.ServerInterceptor):
    """Refuses calls to a service by peers that have none of the names that may call it.

    `callers` holds these names by the full name of each service. Others, as of health, are for everybody.
    """

    def __init__(self, callers: Mapping[str, Collection[str]]) -> None:
        self._callers = callers

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        service = handler_call_details.method.split("/")[1]
        if handler is None or service not in self._callers:
            return handler
        inner = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        return _HANDLERS[handler.request_streaming, handler.response_streaming](
            _guarded(inner, frozenset(self._callers[service])),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _guarded(inner: Callable[[Any, Context], Any], callers: frozenset[str]) -> Callable[[Any, Context], Any]:
    """Return a handler of the same kind, because gRPC looks at whether it is a generator."""

    async def check(context: Context) -> None:
        if not callers & peer_names(context):
            await context.abort(StatusCode.PERMISSION_DENIED, "this certificate may not call this service")

    async def call(request: Any, context: Context) -> Any:
        await check(context)
        return await inner(request, context)

    async def stream(request: Any, context: Context) -> AsyncIterator[Any]:
        await check(context)
        async for answer in inner(request, context):
            yield answer

    return stream if isasyncgenfunction(inner) else call
