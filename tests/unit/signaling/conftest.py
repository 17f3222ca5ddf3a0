"""Provides a session for each test."""

import pytest

from .samples import Driver


@pytest.fixture
def driver() -> Driver:
    return Driver()
