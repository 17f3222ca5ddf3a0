"""Fills a database with as many cases as a busy site has after some months, without filing each report.

Most cases are decided. Some visitors, reporters and networks have very many reports, and most have one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reports.core.records import DAY_MS, MODES, AppealState, Level, Reason
from services.reports.core.triage import FLAGS_ONLY_OFFSET, FLOOD_OFFSET, MINOR_OFFSET
from services.reports.shell.storage.tables import (
    appeals,
    audit,
    cases,
    decisions,
    evidence,
    reports,
)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_WORDS = [
    "he",
    "she",
    "they",
    "showed",
    "said",
    "wrote",
    "asked",
    "for",
    "a",
    "the",
    "my",
    "link",
    "money",
    "age",
    "naked",
    "rude",
    "again",
    "please",
    "and",
]
_REASONS = [*Reason]
_WEIGHTS = [30, 4, 22, 8, 6, 24, 2, 6]
_LANGUAGES = ["en", "de,en", "es", "pt,en", "fr", "tr,de,en", "ru", "ar", "pl", "cy,en"]
_COUNTRIES = ["US", "DE", "BR", "FR", "TR", "GB", "PL", "CH", ""]
_HEAT_OF_A_DAY = 0.5
"""A case of a score that is one day younger has half a half-life more heat."""
_MONTHS = 180 * DAY_MS
_BATCH = 5_000

Row = tuple[Any, ...]


@dataclass
class CaseNumbers:
    """Says how many of each to make. A case has `reports / cases` reports on average."""

    cases: int = 100_000
    open: int = 10_000
    reports: int = 1_000_000
    moderators: int = 20
    picture_bytes: int = 3_000
    """A picture is kept beside its row from some 2,000 bytes on, as real ones are."""


@dataclass
class ManyCases:
    """Makes the rows of all tables, the same for the same seed. `now` is in Unix milliseconds."""

    numbers: CaseNumbers
    now: int
    random: Random = field(default_factory=lambda: Random(1))

    def __post_init__(self) -> None:
        self.accused = [self.id() for _ in range(max(1, self.numbers.cases * 6 // 10))]
        self.reporters = [self.id() for _ in range(max(1, self.numbers.reports // 4))]
        self.networks = [self.random.randbytes(8) for _ in range(max(1, self.numbers.reports // 8))]
        self.moderators = [f"moderator{number}" for number in range(self.numbers.moderators)]
        self.rows: dict[str, list[Row]] = {name: [] for name in _COLUMNS}
        self._open_about: set[str] = set()
        self._sequence = 0

    def id(self) -> str:
        return "".join(self.random.choices(_ALPHABET, k=22))

    def some(self, of: Sequence[Any]) -> Any:
        """Choose one: the first ones often, most of them rarely.

        Of a million reports the busiest reporter files some 250, and as many come from the busiest network.
        """
        return of[int(len(of) * self.random.random() ** 1.5)]

    def batches(self) -> Iterator[dict[str, list[Row]]]:
        """Yield the rows of some cases each time, by table, in an order that foreign keys allow."""
        for number in range(self.numbers.cases):
            self._case(is_open=number >= self.numbers.cases - self.numbers.open)
            if len(self.rows["reports"]) >= _BATCH:
                yield self._taken()
        yield self._taken()

    def _taken(self) -> dict[str, list[Row]]:
        taken, self.rows = self.rows, {name: [] for name in _COLUMNS}
        return taken

    def _case(self, *, is_open: bool) -> None:
        id, decision = self.id(), "" if is_open else self.id()
        accused = self._accused_once() if is_open else self.some(self.accused)
        opened = self.now - int(self.random.random() * (10 * DAY_MS if is_open else _MONTHS))
        closed = 0 if is_open else min(self.now, opened + int(self.random.expovariate(1 / (DAY_MS / 4))) + 1)
        kind = self.random.choices(["people", "minor", "flags", "flood"], [80, 3, 15, 2])[0]
        offsets = {"minor": MINOR_OFFSET, "flags": FLAGS_ONLY_OFFSET, "flood": FLOOD_OFFSET}
        heat = opened / DAY_MS * _HEAT_OF_A_DAY + self.random.gauss(0, 2)
        urgency = max(0.0, heat) + offsets.get(kind, 0.0)
        device = self.random.getrandbits(63) if self.random.random() < 0.7 else 0
        self.rows["cases"].append((id, accused, opened, closed, decision, urgency, 0, device))
        network = self.some(self.networks)
        mean = self.numbers.reports / self.numbers.cases
        count = min(2_000, 1 + int(self.random.paretovariate(1.2) * mean / 6))
        pictures = is_open or closed > self.now - 20 * DAY_MS
        for _ in range(count):
            self._report(id, accused, opened, network, kind, pictures=pictures)
        if not is_open:
            self._decision(decision, id, accused, closed, device)

    def _accused_once(self) -> str:
        """Choose somebody about whom no case is open."""
        accused: str = self.some(self.accused)
        while accused in self._open_about:
            accused = self.id()
        self._open_about.add(accused)
        return accused

    def _report(
        self, case: str, accused: str, opened: int, network: bytes, kind: str, *, pictures: bool
    ) -> None:
        id, flag = self.id(), kind == "flags" or self.random.random() < 0.1
        reason = Reason.MINOR if kind == "minor" else self.random.choices(_REASONS, _WEIGHTS)[0]
        if flag:
            reason = Reason.NUDITY
        filed = min(self.now, opened + int(self.random.random() * DAY_MS / 8))
        note = "" if flag or self.random.random() < 0.5 else " ".join(self.random.choices(_WORDS, k=8))
        chat = json.dumps([[True, "hello there", False]] * (0 if flag else 10))
        who = (self.id(), self.some(self.reporters), accused, reason, note, chat, filed, filed - 60_000)
        call = (
            self.random.choice(MODES),
            self.some(_LANGUAGES),
            self.some(_LANGUAGES),
            self.some(_COUNTRIES),
        )
        one = (id, *who, network, self.some(self.networks), case, False, 24, flag, 1, *call)
        self.rows["reports"].append(one)
        if pictures and not flag and self.random.random() < 0.3:
            score = self.random.random() ** 2
            content = self.random.randbytes(self.numbers.picture_bytes)
            self.rows["evidence"].append(
                (id, 0, content, "image/jpeg", 640, 480, b"hash", self.id(), score, "")
            )

    def _decision(self, id: str, case: str, visitor: str, at: int, device: int) -> None:
        level = self.random.choices([*Level], [60, 5, 15, 20])[0]
        rule = "" if level is Level.GOOD else self.random.choices(_REASONS, _WEIGHTS)[0].name.lower()
        by, until = self.some(self.moderators), at + self.random.choice([1, 7, 30, 365]) * DAY_MS
        self._sequence += 1
        row = (id, visitor, level, rule, "why", False, at, until, by, "told", 1, "", case, False, device)
        self.rows["decisions"].append((self._sequence, *row))
        if level is not Level.GOOD and self.random.random() < 0.1:
            state = AppealState.OPEN if at > self.now - 2 * DAY_MS else AppealState.UPHELD
            self.rows["appeals"].append((id, "I did not", at + 1, state, "", "", 0))
        for action, subject in (("case.seen", case), ("case.seen", case), ("decision.made", id)):
            self.rows["audit"].append((at, by, action, subject, "{}", b"hash"))


_COLUMNS: dict[str, tuple[str, ...]] = {
    "cases": ("id", "accused", "opened_at", "closed_at", "decision", "urgency", "held_until", "device"),
    "reports": (
        *("id", "match", "reporter", "accused", "reason", "note", "chat", "filed_at", "match_started_at"),
        *("accused_address_hash", "reporter_network", "case_id", "proven", "device_hours", "flag"),
        *("alike_lately", "mode", "accused_languages", "reporter_languages", "accused_country"),
    ),
    "evidence": (
        *("report", "number", "content", "media_type", "width", "height", "sha256", "id", "score", "known"),
    ),
    "decisions": (
        *("sequence", "id", "visitor", "level", "rule", "reason", "automated", "made_at", "until"),
        *("moderator", "statement", "evidence", "policy", "case_id", "silent", "device"),
    ),
    "appeals": ("decision", "text", "filed_at", "state", "answer", "moderator", "decided_at"),
    "audit": ("sequence", "at", "actor", "action", "subject", "details", "hash"),
}
_TABLES = {table.name: table for table in (cases, reports, evidence, decisions, appeals, audit)}


async def fill(engine: AsyncEngine, made: ManyCases) -> None:
    """Write everything, on PostgreSQL by COPY, and let it count for the planner."""
    entries = 0
    for batch in made.batches():
        batch["audit"] = [(entries + place, *row) for place, row in enumerate(batch["audit"], 1)]
        entries += len(batch["audit"])
        async with engine.begin() as connection:
            for name, rows in batch.items():
                await _write(connection, name, rows)
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            analysing = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await analysing.exec_driver_sql("VACUUM ANALYZE")
    else:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")


async def _write(connection: Any, name: str, rows: list[Row]) -> None:
    if not rows:
        return
    columns = _COLUMNS[name]
    if connection.dialect.name == "postgresql":
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, asyncpg.Connection)
        await raw.copy_records_to_table(name, records=rows, columns=columns)
        return
    values = [dict(zip(columns, row, strict=True)) for row in rows]
    for value in values:
        if "chat" in value:
            value["chat"] = json.loads(value["chat"])
    await connection.execute(sa.insert(_TABLES[name]), values)
