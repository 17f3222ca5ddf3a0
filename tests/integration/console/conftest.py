"""A reports service with its console, on both databases."""

import pytest

from ..reports_service import ReportsReplica


@pytest.fixture
def replica(reports: ReportsReplica) -> ReportsReplica:
    return reports
