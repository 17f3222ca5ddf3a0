"""A reports service with its console, on both databases."""

from collections.abc import AsyncIterator

import pytest

from ..reports_service import Replica, reports_service

NO_NATS = "nats://127.0.0.1:9"


@pytest.fixture
async def replica(database: str) -> AsyncIterator[Replica]:
    async with reports_service(database, NO_NATS) as running:
        yield running
