"""What the server needs of the world."""

from collections.abc import Sequence
from typing import Protocol

from .records import Decision, Filed, NewDecision, Picture, Report, Summary


class Store(Protocol):
    """Durable memory. Every method raises `Unavailable` when the database does not answer."""

    async def file(self, report: Report, frames: Sequence[Picture]) -> Filed:
        """Returns once the report is committed; the first one of its match and reporter stands for all."""

    async def latest_reports(self, limit: int) -> list[Summary]:
        """The newest first."""

    async def decide(self, decision: NewDecision) -> Decision:
        """Returns once the decision is committed."""

    async def decisions_after(self, sequence: int) -> list[Decision]:
        """What was decided after `sequence`, in order, at most 1,000. None is skipped, whoever decided it."""

    async def standings(self, now: int) -> tuple[int, list[Decision]]:
        """The last sequence, and the last decision about each visitor if it holds at `now` (ms)."""


class Pictures(Protocol):
    """Makes a safe picture of what a browser sent."""

    async def encode(self, frame: bytes) -> Picture:
        """Raises `EvidenceRefused`, or `Unavailable` when too many wait."""


class Announcements(Protocol):
    """Tells gateways without delay. They find out by `WatchStandings` what it could not tell."""

    async def announce(self, batch: bytes) -> None:
        """`batch` is a serialized `StandingsBatch`."""
