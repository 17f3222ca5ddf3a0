"""Measures how many reports one core files, each committed: `python -m tests.integration.measure_reports`.

Twenty lines of chat, no picture, some hundreds of visitors reported by strangers of as many networks.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from statistics import median

import psutil

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id

from ..databases import new_sqlite, postgres
from .reports_service import ReportsReplica, file_request, past_match, reports_service

ROUNDS = 5
REPORTS = 1000
AT_ONCE = 40
ACCUSED = 200
CHAT = tuple(pb.ChatLine(text="hello there", from_accused=True) for _ in range(20))


def requests() -> list[pb.FileRequest]:
    accused = [VisitorId(random_id()) for _ in range(ACCUSED)]
    return [
        file_request(past_match(accused=accused[number % ACCUSED]), network=os.urandom(8), chat=CHAT)
        for number in range(REPORTS)
    ]


async def round_of(replica: ReportsReplica) -> float:
    """Return the reports for each CPU second of the service."""
    process, turns = psutil.Process(replica.process.pid), asyncio.Semaphore(AT_ONCE)

    async def file(request: pb.FileRequest) -> None:
        async with turns:
            await replica.reports.File(request)

    wanted = requests()
    before = sum(process.cpu_times()[:2])
    await asyncio.gather(*map(file, wanted))
    return float(REPORTS / (sum(process.cpu_times()[:2]) - before))


async def measure(database: str) -> str:
    async with reports_service(database, "nats://127.0.0.1:1") as replica:
        await round_of(replica)
        rates = [await round_of(replica) for _ in range(ROUNDS)]
    return f"{median(rates):.0f} ({min(rates):.0f}–{max(rates):.0f}) reports a CPU second"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, postgres() as server:
        print("PostgreSQL:", await measure(await server.new_database()))  # noqa: T201 -- a command prints
        print("SQLite:", await measure(new_sqlite(Path(folder))))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
