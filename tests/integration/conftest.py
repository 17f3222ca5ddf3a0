"""One cluster serves all tests that leave it as they found it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .cluster import Cluster, running_cluster


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """For tests on the session's event loop; it says `hello` late after 1 s."""
    folder = tmp_path_factory.mktemp("cluster")
    async with running_cluster(folder, ZUFALL_LIMIT_HELLO_SECONDS="1") as running:
        yield running
