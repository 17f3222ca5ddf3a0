"""A quick form of `measure_cases`: with a thousand cases all works, and nobody who files waits long."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.reports.shell.storage import schema
from services.reports.shell.storage.database import open_engine

from ..databases import Postgres
from ..timing import scaled
from .many_cases import CaseNumbers, ManyCases, fill
from .measure_cases import NOW, Measurement, explain, filing_while_deleting

NUMBERS = CaseNumbers(cases=1_000, open=200, reports=10_000, picture_bytes=100)


async def test_lists_searches_and_cases_answer_and_filing_goes_on_during_a_sweep(
    postgres_server: Postgres,
) -> None:
    engine = open_engine(await postgres_server.new_database())
    await schema.migrate(engine)
    made = ManyCases(NUMBERS, NOW)
    await fill(engine, made)
    measurement = Measurement(engine, ManyCases(NUMBERS, NOW))
    works = await measurement.works()
    for work in works.values():
        await work()
    assert "Execution Time" in await explain(engine, works["the queue"])
    assert (await measurement.times(works["the queue"], 5)).p50 < scaled(1) * 1000
    await _sweep(engine)
    await engine.dispose()


async def _sweep(engine: AsyncEngine) -> None:
    gone, _, filed = await filing_while_deleting(engine, days=90)
    assert gone > 1_000
    assert len(filed) > 5
    assert max(filed) < scaled(2) * 1000
