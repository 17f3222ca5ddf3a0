"""A whole Zufall for the length of one measurement."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.products import Product, start_zufall


@contextmanager
def installation(
    gateways: int, matchers: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Product]:
    """Raises `RuntimeError` at the end when one of its processes has ended."""
    with tempfile.TemporaryDirectory(prefix="zufall-bench-") as folder:
        product = start_zufall(Path(folder), gateways, matchers, environment)
        try:
            yield product
            product.servers.check_alive()
        finally:
            product.servers.stop()
