"""Runs a round without faults and one with a fault in each wave, and checks the database after each."""

import asyncio
import base64
import io
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import aiohttp
from PIL import Image

from services.contract.ids import VisitorId
from services.reports.core.policy import parse_policy
from services.reports.core.records import Level

from ...timing import scaled
from .judge import Key, ReportTally, compare, judge, judge_appeals, tally
from .ledger import Ledger, read
from .plan import POLICY, PlannedReport, ReportRound, new_round
from .senders import BannedVisitor, RequestSenders
from .stage import Stage
from .strikes import LIE, ReportFault

SEED = "filing"
"""The seed of the order in which reports are sent, the same in every round."""


@dataclass(frozen=True, slots=True)
class FilingOutcome:
    problems: Sequence[str]
    tallies: dict[str, ReportTally]
    attempts: int


async def run(
    stage: Stage, faults: Sequence[ReportFault], say: Callable[[str], None] = print
) -> FilingOutcome:
    """Send the same reports without faults and under each fault, and compare the results."""
    policy = parse_policy(POLICY)
    quiet, struck = (new_round(stage.passes, SEED) for _ in range(2))
    async with aiohttp.ClientSession() as http:
        going = RequestSenders(stage, http, _pictures())
        for wanted in waves(quiet, len(faults)):
            await going.reports(wanted, None)
        keys: dict[str, list[Key]] = {}
        for fault, wanted in zip(faults, waves(struck, len(faults)), strict=True):
            say(f"{time.strftime('%H:%M:%S')} {fault.name}")
            await going.reports(wanted, fault)
            keys[fault.name] = [(one.match, one.reporter) for one in wanted]
        ledger = await read(stage.database, policy)
    problems = [problem for one in (quiet, struck) for problem in judge(one, going.receipts, ledger)]
    problems += compare(quiet, struck, ledger.weights)
    problems += await _told(stage, ledger, [*quiet.accused, *struck.accused])
    tallies = {name: tally(own, going.receipts, ledger.rows) for name, own in keys.items()}
    return FilingOutcome(problems, tallies, going.attempts)


async def run_appeals(stage: Stage, faults: Sequence[ReportFault], each: int = 4) -> list[str]:
    """Let visitors file `each` appeals under every fault, and let moderators answer them under faults."""
    async with aiohttp.ClientSession() as http:
        going = RequestSenders(stage, http, [])
        all_banned: list[BannedVisitor] = []
        for fault in faults:
            banned = [await going.ban() for _ in range(each)]
            await going.appeals(banned, fault)
            await going.answers(banned, None if fault.of_gateways else fault)
            all_banned += banned
        ledger = await read(stage.database, parse_policy(POLICY))
    filed = {str(one.decision): one.text for one in all_banned}
    problems = judge_appeals(filed, ledger.answers)
    return [*problems, *await _told(stage, ledger, [one.visitor for one in all_banned])]


async def run_lie(stage: Stage) -> list[str]:
    """Return the problems after a wave in which one COMMIT was answered although it never arrived."""
    deceived = new_round(stage.passes, SEED)
    deceived = replace(deceived, reports=deceived.reports[:12])
    async with aiohttp.ClientSession() as http:
        going = RequestSenders(stage, http, _pictures())
        await going.reports(deceived.reports, LIE)
        ledger = await read(stage.database, parse_policy(POLICY))
    return judge(deceived, going.receipts, ledger)


def waves(round: ReportRound, number: int) -> list[Sequence[PlannedReport]]:
    """Divide the reports into as many waves, equally long but for one report."""
    return [round.reports[first::number] for first in range(number)]


async def _told(stage: Stage, ledger: Ledger, visitors: Sequence[VisitorId]) -> list[str]:
    """Return the last decisions that gateways do not know after some seconds."""
    deadline = time.monotonic() + scaled(10)
    while (untold := await _untold(stage, ledger, visitors)) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    return untold


async def _untold(stage: Stage, ledger: Ledger, visitors: Sequence[VisitorId]) -> list[str]:
    untold = []
    for visitor in visitors:
        level, decision = ledger.last.get(visitor, (Level.GOOD, ""))
        expected = {"level": Level(level).name.lower()} | (
            {"decision": decision} if level == Level.BANNED else {}
        )
        for gateway in stage.gateways:
            said = await stage.standing(gateway, visitor)
            if not expected.items() <= said.items():
                untold.append(f"{gateway.name} says {said} about {visitor}, and not {expected}")
    return untold


def _pictures() -> list[str]:
    """Return pictures of noise, which take many pages of the database."""
    draws, made = random.Random(SEED), []
    for _ in range(3):
        file = io.BytesIO()
        Image.frombytes("RGB", (320, 240), draws.randbytes(320 * 240 * 3)).save(file, "JPEG", quality=95)
        made.append(base64.b64encode(file.getvalue()).decode())
    return made
