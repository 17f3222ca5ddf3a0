"""Provides a cluster with default limits, and one with short timeouts and small limits for quick tests."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ..integration.cluster import Cluster, running_cluster

STRICT = {
    "ZUFALL_HEARTBEAT_SECONDS": "1",
    "ZUFALL_LIMIT_HELLO_SECONDS": "1",
    "ZUFALL_LIMIT_BODY_SECONDS": "1",
    "ZUFALL_LIMIT_REPORTS_AT_ONCE": "2",
    "ZUFALL_LIMIT_REQUESTS_PER_SECOND": "0.5",
    "ZUFALL_LIMIT_REQUESTS_BURST": "40",
    "ZUFALL_LIMIT_CONNECTIONS": "300",
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def usual(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """Run a cluster with default limits, behind a trusted proxy."""
    async with running_cluster(tmp_path_factory.mktemp("usual"), ZUFALL_TRUSTED_PROXIES="1") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    folder = tmp_path_factory.mktemp("strict")
    async with running_cluster(folder, matchers=1, ZUFALL_TRUSTED_PROXIES="1", **STRICT) as running:
        yield running
