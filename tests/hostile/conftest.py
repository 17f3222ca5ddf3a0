"""Provides a cluster with default limits, and one with short timeouts and small limits for quick tests."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ..integration.cluster import Cluster, running_cluster

PROXY = "127.0.0.0/24"
"""Where the proxy is. Peers of other loopback addresses come without it."""

PAIRS = int(os.environ.get("ZUFALL_HOSTILE_PAIRS", "100"))
QUEUED_BYTES = 128 * 1024 * 1024 * PAIRS // 1500

STRICT = {
    "ZUFALL_HEARTBEAT_SECONDS": "1",
    "ZUFALL_LIMIT_HELLO_SECONDS": "1",
    "ZUFALL_LIMIT_BODY_SECONDS": "1",
    "ZUFALL_LIMIT_REPORTS_AT_ONCE": "2",
    "ZUFALL_LIMIT_REQUESTS_PER_SECOND": "0.5",
    "ZUFALL_LIMIT_REQUESTS_BURST": "40",
    "ZUFALL_LIMIT_CONNECTIONS": "300",
    "ZUFALL_LIMIT_NETWORK_LINES_PER_SECOND": "0.1",
    "ZUFALL_LIMIT_NETWORK_LINES_BURST": "20",
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def usual(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """Run a cluster with default limits, behind a trusted proxy. Fewer pairs share a smaller budget."""
    folder, budget = tmp_path_factory.mktemp("usual"), str(QUEUED_BYTES)
    settings = {"ZUFALL_TRUSTED_PROXIES": PROXY, "ZUFALL_LIMIT_QUEUE_BYTES_TOTAL": budget}
    async with running_cluster(folder, matchers=1, **settings) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    folder = tmp_path_factory.mktemp("strict")
    async with running_cluster(folder, matchers=1, ZUFALL_TRUSTED_PROXIES=PROXY, **STRICT) as running:
        yield running
