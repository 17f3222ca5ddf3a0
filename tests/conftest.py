"""Fixtures and settings for every test. Hypothesis has no deadline, because a machine may be slow."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from .databases import database, engine, own_database, postgres_server
from .manifests import k8s

__all__ = ["database", "engine", "k8s", "own_database", "postgres_server"]

settings.register_profile("zufall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zufall")

_SHORT = Path(__file__).parent / "unit"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mix modules that keep a processor busy with modules that wait; the short unit tests come last.

    Workers take modules in this order, so all of them have something to do until the end.
    """
    modules = list(dict.fromkeys(item.path for item in items))
    folders = [path.relative_to(_SHORT.parent).parts[0] for path in modules]

    def share(number: int) -> float:
        """Return the share of its folder that comes before this module, from 0 to 1."""
        return folders[:number].count(folders[number]) / folders.count(folders[number])

    order = {path: (path.is_relative_to(_SHORT), share(number)) for number, path in enumerate(modules)}
    items.sort(key=lambda item: order[item.path])
