"""aiohttp's HTTP server, with our headers on every answer, and with a problem for each error.

aiohttp would log the address and a part of a request that it cannot read, and answer it with plain text.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from . import metrics
from .http_responses import problem_response
from .logs import logger

_SERVER = "Zufall"
"""Names us in every answer, where aiohttp would name the versions of itself and of Python."""

_FOR_DOCUMENTS = frozenset({"Permissions-Policy", "X-Frame-Options", "Cross-Origin-Opener-Policy"})
"""These mean something to documents only, and are half of all headers. Workers have their page's policy."""

_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""The content policy of JSON, which needs nothing, even if somebody opens it by itself."""


class _Headers:
    """Our headers, as they are sent with each kind of answer."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._of_documents = dict(headers)
        self._of_files = {name: value for name, value in headers.items() if name not in _FOR_DOCUMENTS}
        self._of_data = {**self._of_files, "Content-Security-Policy": _DATA_POLICY}

    def of(self, media_type: str) -> Mapping[str, str]:
        if media_type == "text/html":
            return self._of_documents
        return self._of_data if media_type.endswith("json") else self._of_files


class HttpRunner(web.AppRunner):
    """Runs an application and adds to each response those of `headers` that concern it.

    A response that sets one of them itself keeps its own.
    """

    def __init__(self, app: web.Application, headers: Mapping[str, str], **options: Any) -> None:
        """Take aiohttp's `options`, such as `shutdown_timeout`."""
        super().__init__(app, access_log=None, **options)
        self.headers = headers
        self._headers = _Headers(headers)
        app.on_response_prepare.append(self._prepare)

    async def _prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        metrics.HTTP_REQUESTS.labels(route, str(response.status)).inc()
        # A policy of its own says who may frame it, and the older header would say otherwise.
        framed = "Content-Security-Policy" in response.headers
        for name, value in self._headers.of(response.content_type).items():
            if not (framed and name == "X-Frame-Options"):
                response.headers.setdefault(name, value)
        response.headers["Server"] = _SERVER

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        options = {**made._kwargs, "headers": self._headers}
        return _HttpServer(made.request_handler, request_factory=made.request_factory, **options)


class _HttpServer(web.Server):
    """Makes the protocol of each connection, as aiohttp's server does."""

    def __call__(self) -> web.RequestHandler:
        return HttpProtocol(self, loop=self._loop, **self._kwargs)


class HttpProtocol(web.RequestHandler):
    """Answers errors that no handler or middleware of the application sees.

    `announced_client` is the address of the client, if the proxy announced it before the first request.
    """

    __slots__ = ("_headers", "announced_client")

    def __init__(self, server: web.Server, *, headers: _Headers, **options: Any) -> None:
        super().__init__(server, **options)
        self._headers = headers
        self.announced_client = ""

    def log_exception(self, *words: object, exc_info: BaseException | None = None, **more: Any) -> None:
        """Log an error, but not a body that breaks off or is malformed: that is the client's."""
        if not isinstance(exc_info, web.RequestPayloadError):
            super().log_exception(*words, exc_info=exc_info, **more)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that cannot be read, or whose handler failed, and close the connection.

        Raises `ConnectionError` if the answer has begun.
        """
        malformed = isinstance(exc, HttpProcessingError)
        if malformed:
            metrics.MALFORMED_REQUESTS.inc()
        else:
            logger().error("a request failed", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun")
        if malformed:
            answer = problem_response(400, "invalid_request", "the request is malformed or too large")
        else:
            answer = problem_response(500, "internal", "something went wrong on our side; the log says what")
        answer.headers.update(self._headers.of(answer.content_type), Server=_SERVER)
        answer.force_close()
        return answer
