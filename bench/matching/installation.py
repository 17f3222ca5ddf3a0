"""Complete installations to measure, one at a time."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from bench.products import Product, start_zufall


class Installations:
    """Keeps an installation running for as long as the same kind is asked for."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._kind: tuple[int, int] | None = None
        self._product: Product | None = None

    def get(self, gateways: int, lanes: int = 1) -> Product:
        """Return an installation with these gateways and lanes, and as many matcher replicas as lanes.

        A pool has all its lanes, however few its tickets. Raises `RuntimeError` if a process has ended.
        """
        if self._product is None or self._kind != (gateways, lanes):
            self._stop()
            self._kind, self._product = (gateways, lanes), self._start(gateways, lanes)
        self._product.servers.check_alive()
        return self._product

    def __enter__(self) -> "Installations":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self, gateways: int, lanes: int) -> Product:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="zufall-bench-"))
        environment = {"ZUFALL_LANE_RATE": "1"} if lanes > 1 else {}
        product = start_zufall(Path(folder), gateways, lanes, environment)
        self._stack.callback(product.servers.stop)
        return product

    def _stop(self) -> None:
        self._product = None
        self._stack.close()
