"""Decides which migrations run before an update (expand), and which only after it (contract).

The version before an update runs on the schema that expand leaves, so services are replaced one by one.
Contract takes away what only older versions need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class Migration:
    """A file of migrations. `contract` says that the version before cannot run on what it leaves."""

    revision: str
    """Four digits, which count up."""
    contract: bool


class PhaseRefused(Exception):
    """Says in one sentence why the migrations of a phase cannot run now."""


def pending(current: str | None, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """Return what has not run yet of `migrations`, which are in their order."""
    return tuple(one for one in migrations if current is None or one.revision > current)


def contracts(current: str | None, migrations: Sequence[Migration], reached: str) -> tuple[str, ...]:
    """Return the contract migrations after `current` up to `reached`."""
    return tuple(
        one.revision for one in pending(current, migrations) if one.contract and one.revision <= reached
    )


def target(current: str | None, migrations: Sequence[Migration], *, contract: bool) -> str | None:
    """Return the revision to which the phase leads, or None if it has nothing to do.

    An empty database (`current` is None) gets everything at once, for no older version uses it. Raises
    `PhaseRefused` when an expand migration comes after a contract one that has not run.
    """
    waiting = pending(current, migrations)
    if current is None or contract:
        return waiting[-1].revision if waiting else None
    expanding = tuple(takewhile(lambda one: not one.contract, waiting))
    later = waiting[len(expanding) :]
    if any(not one.contract for one in later):
        raise PhaseRefused(
            f"migration {later[0].revision} belongs to an earlier update and has not run: "
            "run `zufall migrate contract` of the version that runs now, once no older one runs"
        )
    return expanding[-1].revision if expanding else None
