"""Tests the picture store: the fake one, and the real one on both databases."""

from dataclasses import replace

import pytest

from services.contract.errors import NotFound
from services.contract.ids import CaseId, PictureId, ReportId
from services.reports.core.records import OriginalUpload, StoredPicture

from .report_stores import PICTURE, Stores, decide_nothing, decision, report

SENT = replace(PICTURE, content=b"other pixels", original_sha256=b"of the original", original=b"as sent")


async def originals(stores: Stores, case: CaseId) -> list[OriginalUpload]:
    return [one async for one in stores.pictures.originals(case)]


async def test_a_picture_is_fetched_by_its_report_or_its_name(stores: Stores) -> None:
    filed = report()
    await stores.store.file(filed, [PICTURE, SENT], decide_nothing)
    first, second = [await stores.pictures.picture(filed.id, number) for number in (0, 1)]
    assert first == StoredPicture(first.id, filed.id, 0, PICTURE, score=None, known="")
    assert second == StoredPicture(second.id, filed.id, 1, replace(SENT, original=b""), score=None, known="")
    assert await stores.pictures.by_id(second.id) == second


async def test_names_are_random(stores: Stores) -> None:
    names = set()
    for number in range(5):
        filed = report(f"m{number}")
        await stores.store.file(filed, [PICTURE] * 2, decide_nothing)
        names |= {(await stores.pictures.picture(filed.id, one)).id for one in (0, 1)}
    assert len(names) == 10
    assert all(len(name) == 22 for name in names)


async def test_a_missing_picture_is_not_found(stores: Stores) -> None:
    filed = report()
    await stores.store.file(filed, [PICTURE], decide_nothing)
    for report_id, number in ((filed.id, 1), (ReportId("other"), 0)):
        with pytest.raises(NotFound):
            await stores.pictures.picture(report_id, number)
    for name in ("", "other"):
        with pytest.raises(NotFound):
            await stores.pictures.by_id(PictureId(name))


async def test_the_pictures_of_a_case_come_one_after_the_other(stores: Stores) -> None:
    one, other = report("a", "one", 2), report("b", "other", 1)
    await stores.store.file(one, [PICTURE, SENT], decide_nothing)
    await stores.store.file(other, [SENT], decide_nothing)
    await stores.store.file(report("c", accused="somebody else"), [SENT], decide_nothing)
    case = (await stores.store.decide(decision("accused"))).case
    found = [(each.report, each.number) async for each in stores.pictures.of_case(case)]
    assert found == [(other.id, 0), (one.id, 0), (one.id, 1)]


async def test_originals_are_those_of_the_case(stores: Stores) -> None:
    one, other = report("a", "one", 1), report("b", "other", 2)
    await stores.store.file(one, [PICTURE, SENT], decide_nothing)
    another = replace(SENT, original=b"again", original_sha256=b"another")
    await stores.store.file(other, [another], decide_nothing)
    await stores.store.file(report("c", accused="somebody else"), [SENT], decide_nothing)
    case = (await stores.store.decide(decision("accused"))).case
    await stores.store.file(report("d", filed_at=3), [SENT], decide_nothing)
    assert await originals(stores, case) == [
        OriginalUpload(one.id, 1, b"as sent", b"of the original"),
        OriginalUpload(other.id, 0, b"again", b"another"),
    ]
    assert await originals(stores, CaseId("none")) == []


async def test_filing_again_keeps_no_second_original(stores: Stores) -> None:
    await stores.store.file(report(), [SENT], decide_nothing)
    await stores.store.file(report(filed_at=2_000), [SENT, SENT], decide_nothing)
    assert len(await originals(stores, (await stores.store.decide(decision("accused"))).case)) == 1
