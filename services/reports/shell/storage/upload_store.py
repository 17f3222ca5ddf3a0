"""Keeps pictures from reports of minors as they were sent: each content once, within a budget."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contract.ids import ReportId

from ...core.picture_budget import PictureBudget
from ...core.records import Picture, Report
from .database import INSERT
from .tables import report_uploads, uploads


async def keep_uploads(
    connection: AsyncConnection,
    report: Report,
    id: ReportId,
    frames: Sequence[Picture],
    budget: PictureBudget,
) -> tuple[str, ...]:
    """Keep the originals of a report that fit the budget, and link them to the report under `id`.

    Returns which budget each of the others exceeded.
    """
    dropped: list[str] = []
    numbered = [(number, one) for number, one in enumerate(frames) if one.original]
    # In the order of their digests everywhere, or two reports of the same pictures would wait for each other.
    for number, picture in sorted(numbered, key=lambda one: one[1].original_sha256):
        if exceeded := await _keep(connection, report.reporter_network, picture, budget):
            dropped.append(exceeded)
            continue
        link = {"report": id, "number": number, "sha256": picture.original_sha256}
        await connection.execute(sa.insert(report_uploads), link)
    return tuple(dropped)


async def kept_bytes(connection: AsyncConnection, network: bytes = b"") -> tuple[int, int]:
    """Return how many bytes are kept for this network, and in all."""
    own = sa.func.sum(sa.case((uploads.c.network == network, uploads.c.size), else_=0))
    of_network, of_all = (await connection.execute(sa.select(own, sa.func.sum(uploads.c.size)))).one()
    return int(of_network or 0), int(of_all or 0)


async def _keep(connection: AsyncConnection, network: bytes, picture: Picture, budget: PictureBudget) -> str:
    """Keep the content, and lock it until the commit, so that nothing deletes it.

    Returns which budget it would exceed, or "" if it is kept.
    """
    same = sa.select(uploads.c.sha256).where(uploads.c.sha256 == picture.original_sha256)
    if await connection.scalar(same.with_for_update()):
        return ""
    size = len(picture.original)
    if exceeded := budget.exceeded(size, *await kept_bytes(connection, network)):
        return exceeded
    new = {"sha256": picture.original_sha256, "content": picture.original, "size": size, "network": network}
    await connection.execute(_INSERT[connection.dialect.name], new)
    return ""


_INSERT = {
    dialect: insert(uploads).on_conflict_do_update(
        index_elements=["sha256"], set_={"sha256": uploads.c.sha256}
    )
    for dialect, insert in INSERT.items()
}
"""Another transaction may insert the same content at the same moment. Then this one waits, and locks it."""
