"""Fixtures for every test, and the order in which tests run."""

from pathlib import Path

import pytest

from .databases import database, postgres_server

__all__ = ["database", "postgres_server"]

BUSY = "end_to_end"
WAITING = ("integration", "ports")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with browsers, which fill a core, take turns with those that mostly wait; all others come last.

    Within each module the order stays, and so does the order of the modules of one kind.
    """
    modules = list(dict.fromkeys(item.path for item in items))
    busy = [module for module in modules if BUSY in module.parts]
    waiting = [module for module in modules if not set(WAITING).isdisjoint(module.parts)]
    turns = dict.fromkeys(modules, 1.0) | _turns(busy) | _turns(waiting)
    items.sort(key=lambda item: turns[item.path])


def _turns(modules: list[Path]) -> dict[Path, float]:
    """Spread evenly between 0 and 1."""
    return {module: (place + 0.5) / len(modules) for place, module in enumerate(modules)}
