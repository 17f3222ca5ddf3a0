"""Invents a month of moderation for the screenshots of the console: reports, decisions and appeals.

Everything goes into the database through the stores of the service, with times of its own. Nobody is real.
"""

import asyncio
import hashlib
import io
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from PIL import Image

from services.contract.ids import CaseId, DecisionId, MatchId, ReportId, VisitorId, random_id
from services.contract.keys import parse_ring
from services.reports.core.records import (
    DAY_MS,
    Appeal,
    CallContext,
    ChatLine,
    Decision,
    Ending,
    Level,
    NewDecision,
    Picture,
    Reason,
    Report,
)
from services.reports.core.roles import Role
from services.reports.core.statements import StatementWriter
from services.reports.core.triage import Triage
from services.reports.shell.console.case_commands import SeenReports, SqlCaseCommands
from services.reports.shell.policy_file import default_policy
from services.reports.shell.statements_file import default_statements
from services.reports.shell.storage.appeal_store import SqlAppealStore
from services.reports.shell.storage.audit_log import AuditWriter, keyed_chain
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.report_store import SqlReportStore
from services.reports.shell.storage.tables import inspections

from ...timing import scaled
from ..installation import Installation
from .faces import ANNA, BEN, portrait

HOUR_MS = 3_600_000
OLD_DEVICE = 168
"""The hours from which on the policy lets a reporter restrict somebody."""
LIST = "Example hotline, list 7"
CALL = CallContext("video", ("en",), ("en", "es"), "ES", 95, Ending.REPORT)
LINES = (
    (True, "hey, nice balcony"),
    (False, "thanks! it is the only one with sun"),
    (True, "are you alone there?"),
    (False, "why do you ask?"),
    (True, "just show me, nobody sees it"),
    (False, "no. stop it."),
    (True, "come on, don't be boring"),
    (False, "I said no"),
)
SHOP = (
    (True, "Cheap watches today only, best price, message me at watches-4-you dot example"),
    (False, "no thanks"),
)
YOUNG = (
    (True, "hi, what are you doing?"),
    (False, "nothing much. how old are you?"),
    (True, "15, but my school says I look older"),
    (False, "then you should not be here"),
)
OPEN_CASES: Sequence[tuple[float, Reason, str]] = (
    (0.2, Reason.HARASSMENT, "He called me names because I did not answer."),
    (0.4, Reason.SPAM, "A shop."),
    (0.7, Reason.NUDITY, "Not dressed."),
    (1.1, Reason.HATE, "Shouted at me for my accent."),
    (1.6, Reason.OTHER, "Plays music so loud that nobody can talk."),
    (2.3, Reason.SPAM, "The same link as yesterday."),
    (3.0, Reason.HARASSMENT, "Wanted my telephone number again and again."),
    (4.2, Reason.VIOLENCE, "Said that he would find me."),
    (5.5, Reason.NUDITY, ""),
    (6.1, Reason.SELF_HARM, "She did not sound well. Please look soon."),
    (7.4, Reason.HARASSMENT, ""),
    (9.0, Reason.SPAM, "A film, not a person."),
    (11.5, Reason.HATE, "A flag that I do not want to see."),
    (14.0, Reason.OTHER, "Slept."),
)
PAST: Sequence[tuple[Reason, Level, str]] = (
    (Reason.SPAM, Level.BANNED, "an advertisement in each of five calls"),
    (Reason.HARASSMENT, Level.RESTRICTED, "insults in the chat, proven"),
    (Reason.NUDITY, Level.BANNED, "undressed from the start"),
    (Reason.OTHER, Level.GOOD, "only loud"),
    (Reason.HATE, Level.BANNED, "slurs in the chat, proven"),
    (Reason.HARASSMENT, Level.GOOD, "a quarrel of two"),
    (Reason.NUDITY, Level.RESTRICTED, "a bare chest at the beach, again"),
)


@dataclass(frozen=True)
class InventedCases:
    """What the screenshots show."""

    harassment: CaseId
    """Three people reported this visitor, who was restricted before. It has pictures and a chat."""
    accused: VisitorId
    minor: CaseId
    second_minor: CaseId
    known: CaseId


def known_picture() -> bytes:
    """Return the picture that the list has: nothing but a gradient."""
    file = io.BytesIO()
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def _picture(content: bytes) -> Picture:
    width, height = Image.open(io.BytesIO(content)).size
    digest = hashlib.sha256(content).digest()
    return Picture(content, "image/jpeg", width, height, digest, original_sha256=digest)


class Inventor:
    """Fills the database of an installation."""

    def __init__(self, zufall: Installation) -> None:
        self._engine = open_engine(f"sqlite+aiosqlite:///{zufall.data / 'zufall.sqlite'}")
        audit = AuditWriter(keyed_chain(parse_ring(zufall.console_keys)))
        self._store = SqlReportStore(self._engine, audit)
        statements = StatementWriter(default_statements(), "Zufall")
        self._commands = SqlCaseCommands(self._engine, audit, statements)
        self._appeals = SqlAppealStore(self._engine, audit)
        self._triage = Triage(default_policy(), random_id)
        self._now = int(time.time() * 1000)
        self._networks = (
            hashlib.sha256(bytes([number])).digest()[:8] for number in itertools.cycle(range(40))
        )

    async def fill(self) -> InventedCases:
        try:
            await self._month()
            cases = await self._today()
            await self._looked_through()
            return cases
        finally:
            await self._engine.dispose()

    async def _month(self) -> None:
        """Decide some cases each day. Two banned visitors appeal."""
        banned: dict[str, Decision] = {}
        for day in range(29, 0, -1):
            for number, (reason, level, why) in enumerate(PAST[: 3 + day % 4]):
                hours = day * 24 - 5 * number / 2
                visitor = VisitorId(random_id())
                for again in range(1 + (3 * day + number) % 4):
                    case = await self._report(visitor, hours - again / 10, reason, hours=OLD_DEVICE)
                made = await self._decide(case, hours - 1.5 - (day + number) % 5, reason, level, why)
                if made.moderator != "ann":
                    banned[made.rule] = made
        await self._appeal(banned["nudity"], 20, "It was my brother at my computer. Please let me in.")
        await self._appeal(banned["spam"], 3, "I only told people about my band. Nobody asked me to stop.")

    async def _today(self) -> InventedCases:
        for hours, reason, note in OPEN_CASES:
            visitor = VisitorId(random_id())
            lines = SHOP if reason is Reason.SPAM else ()
            pictures = (portrait(BEN, hours % 1, True),) if reason in (Reason.NUDITY, Reason.HATE) else ()
            for again in range(1 + int(hours) % 3):
                await self._report(
                    visitor, hours - again / 20, reason, note, lines, pictures, hours=OLD_DEVICE // 7
                )
                note, lines, pictures = "", (), ()
        flagged = VisitorId(random_id())
        await self._report(flagged, 2, Reason.NUDITY, flag=True)
        young = (portrait(ANNA, 0.1, True), portrait(ANNA, 0.5, True))
        minor = await self._report(VisitorId(random_id()), 0.5, Reason.MINOR, "Says she is 15.", YOUNG, young)
        second = await self._report(
            VisitorId(random_id()),
            1.4,
            Reason.MINOR,
            "Looks very young.",
            YOUNG[:2],
            (portrait(ANNA, 0.8, False),),
        )
        known = await self._report(
            VisitorId(random_id()), 0.8, Reason.SPAM, "Sends pictures.", SHOP[:1], (known_picture(),)
        )
        accused, harassment = await self._harassment()
        return InventedCases(harassment, accused, minor, second, known)

    async def _looked_through(self) -> None:
        """Wait until the service has compared all pictures with the list and scored them."""
        async with self._engine.connect() as connection, asyncio.timeout(scaled(60)):
            while (await connection.execute(sa.select(inspections.c.report).limit(1))).first():
                await connection.rollback()
                await asyncio.sleep(0.1)

    async def _harassment(self) -> tuple[VisitorId, CaseId]:
        accused = VisitorId(random_id())
        before = await self._report(accused, 24 * 9, Reason.HARASSMENT, "He insulted me.")
        await self._decide(
            before, 24 * 9 - 2, Reason.HARASSMENT, Level.RESTRICTED, "insults in the chat, proven", 72
        )
        pictures = tuple(portrait(BEN, moment, True) for moment in (0.1, 0.6)), (portrait(BEN, 0.3, False),)
        await self._report(
            accused, 2.2, Reason.NUDITY, "He began to undress.", LINES[:3], pictures[1], hours=OLD_DEVICE
        )
        await self._report(accused, 1.3, Reason.HARASSMENT, "", LINES[2:4], hours=OLD_DEVICE)
        case = await self._report(
            accused,
            0.6,
            Reason.HARASSMENT,
            "He would not stop when I said no.",
            LINES,
            pictures[0],
            hours=OLD_DEVICE,
        )
        return accused, case

    async def _report(
        self,
        accused: VisitorId,
        hours_ago: float,
        reason: Reason,
        note: str = "",
        lines: Sequence[tuple[bool, str]] = (),
        pictures: Sequence[bytes] = (),
        hours: int = 24,
        flag: bool = False,
    ) -> CaseId:
        filed = int(self._now - hours_ago * HOUR_MS)
        report = Report(
            id=ReportId(random_id()),
            match=MatchId(random_id()),
            reporter=VisitorId(random_id()),
            accused=accused,
            reason=reason,
            note=note,
            chat=tuple(ChatLine(by_accused, text, proven=True) for by_accused, text in lines),
            filed_at=filed,
            match_started_at=filed - 100_000,
            accused_address_hash=hashlib.sha256(accused.encode()).digest()[:8],
            reporter_network=next(self._networks),
            proven=True,
            device_hours=hours,
            flag=flag,
            call=CALL,
        )
        filing = await self._store.file(
            report, [_picture(one) for one in pictures], self._triage.evaluator(accused, filed)
        )
        return filing.case

    async def _decide(
        self, case: CaseId, hours_ago: float, reason: Reason, level: Level, why: str, hours: int = 24 * 7
    ) -> Decision:
        made = int(self._now - hours_ago * HOUR_MS)
        moderator = ("ann", "bob", "sue")[made // DAY_MS % 3]
        decision = NewDecision(
            id=DecisionId(random_id()),
            visitor=VisitorId(""),
            level=level,
            rule=reason.name.lower() if level else "",
            reason=why,
            automated=False,
            made_at=made,
            until=made + hours * HOUR_MS if level else 0,
            moderator=moderator,
        )
        if level:
            decision = replace(decision, template=reason.name.lower())
        return (await self._commands.decide(case, decision, SeenReports(), Role.SENIOR)).decision

    async def _appeal(self, against: Decision, hours_ago: float, text: str) -> None:
        await self._appeals.file(Appeal(against.id, text, int(self._now - hours_ago * HOUR_MS)))
