"""Tests that automatic decisions reach gateways, expire, and survive the death of the service."""

import asyncio
import signal

from protos import reports_pb2 as pb
from services.contract.ids import VisitorId, random_id
from services.contract.limits import MAX_DEVICE_HOURS

from ..servers import stop
from ..timing import scaled
from .reports_service import NO_NATS, ReportsReplica, file_request, past_match, reports_service

DAY_MS = 24 * 3600 * 1000


async def reported(
    replica: ReportsReplica,
    accused: VisitorId,
    networks: list[bytes],
    device_hours: int | None = MAX_DEVICE_HOURS,
    reason: pb.Reason = pb.REASON_NUDITY,
) -> pb.VisitorStanding:
    """Report somebody from as many networks; returns how the accused stands then."""
    for network in networks:
        met = past_match(accused=accused)
        await replica.reports.File(
            file_request(met, network=network, device_hours=device_hours, reason=reason)
        )
    return await replica.reports.Standing(pb.StandingRequest(visitor=accused))  # type: ignore[no-any-return]


async def test_many_strangers_of_many_networks_set_apart_for_a_while(database: str) -> None:
    accused = VisitorId(random_id())
    async with reports_service(database, NO_NATS) as replica:
        watching = asyncio.create_task(until_told(replica, accused))
        standing = await reported(replica, accused, [b"network %d" % number for number in range(3)])
        assert (standing.level, standing.rule, standing.automated) == (pb.LEVEL_RESTRICTED, "nudity", True)
        assert list(standing.evidence) == [pb.EVIDENCE_REPORTS]
        told = await watching
        assert 0 < told.until_ms - (await replica.list())[0].filed_ms <= DAY_MS
        await stop(replica.process, how=signal.SIGKILL)
    async with reports_service(database, NO_NATS) as again:
        now = await again.reports.Standing(pb.StandingRequest(visitor=accused))
        assert now.decision == standing.decision


async def until_told(replica: ReportsReplica, accused: VisitorId) -> pb.VisitorStanding:
    """Yield standings as a gateway watches them."""
    async with asyncio.timeout(scaled(20)):
        async for batch in replica.reports.WatchStandings(pb.WatchStandingsRequest()):
            for standing in batch.standings:
                if (standing.visitor, standing.level) == (accused, pb.LEVEL_RESTRICTED):
                    return standing  # type: ignore[no-any-return]
    raise AssertionError("the watch ended")


async def test_neither_one_network_nor_strangers_without_a_key_restrict_anybody(database: str) -> None:
    crowded, brigaded = VisitorId(random_id()), VisitorId(random_id())
    many = [b"network %d" % number for number in range(12)]
    async with reports_service(database, NO_NATS) as replica:
        standing = await reported(replica, crowded, [b"one network"] * 100)
        assert standing.level == pb.LEVEL_GOOD
        assert len(await replica.list()) == 50, "moderators see them"
        standing = await reported(replica, brigaded, many, None, pb.REASON_MINOR)
        assert standing.level == pb.LEVEL_GOOD
        standing = await reported(replica, brigaded, many, None)
        assert standing.level == pb.LEVEL_WATCHED


async def test_a_decision_of_a_person_stays_in_force(database: str) -> None:
    """A lift closes the case, so the same reports do not count again, and a few more are not enough."""
    accused = VisitorId(random_id())
    async with reports_service(database, NO_NATS) as replica:
        await reported(replica, accused, [b"network %d" % number for number in range(6)])
        await replica.decide(accused, pb.LEVEL_GOOD)
        standing = await reported(replica, accused, [b"another %d" % number for number in range(2)], None)
        assert standing.level == pb.LEVEL_GOOD
