"""The reports service keeps which tokens were revoked, and tells gateways, also without NATS."""

import time
from collections.abc import Set
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from grpc import StatusCode, aio

from protos import reports_pb2 as pb
from services.contract.ids import TokenId, random_id
from services.contract.tokens import LIFETIME, LONGEST_USE
from services.reports.core.audit_chain import AuditEvent
from services.reports.core.records import RevokedToken
from services.reports.shell.retention import RetentionPeriods, RetentionSweeper
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.revoked_tokens import SqlRevokedTokens
from services.reports.shell.storage.schema import migrate
from services.reports.shell.storage.tables import audit, revoked_tokens
from services.signaling.shell.adapters.standings_watcher import StandingsWatcher

from ..audit import AUDIT
from ..databases import new_sqlite
from ..timing import until
from .reports_service import APPEALS, MODERATOR, NO_NATS, ReportsReplica, reports_service


async def revoke(replica: ReportsReplica, token: str) -> pb.RevokedToken:
    request = pb.RevokeTokenRequest(token=token, reason="leaked", moderator="ann")
    answer: pb.RevokedToken = await replica.moderation.RevokeToken(request, metadata=MODERATOR)
    return answer


async def test_gateways_at_every_replica_hear_of_it_and_those_that_come_later(tmp_path: Path) -> None:
    database = new_sqlite(tmp_path)
    async with reports_service(database, NO_NATS) as one, reports_service(database, NO_NATS) as other:
        await check_watches(one, other)


async def check_watches(one: ReportsReplica, other: ReportsReplica) -> None:
    token, heard = TokenId(random_id()), list[Set[TokenId]]()
    near = StandingsWatcher(lambda: one.reports, APPEALS)
    far = StandingsWatcher(lambda: other.reports, APPEALS)
    for watch in (near, far):
        watch.start(lambda visitor, device: None, heard.append)
    await until(lambda: near.known and far.known)
    await revoke(one, token)
    await until(lambda: len(heard) == 2)
    assert heard == [{token}, {token}]
    assert near.revoked.hold([token])
    assert far.revoked.hold([token])
    late = StandingsWatcher(lambda: other.reports, APPEALS)
    late.start(lambda visitor, device: None)
    await until(lambda: late.known)
    assert late.revoked.hold([token]), "the snapshot has it"
    for watch in (near, far, late):
        await watch.stop()


async def test_only_a_moderator_revokes_a_token_and_nothing_else(tmp_path: Path) -> None:
    async with reports_service(new_sqlite(tmp_path), NO_NATS) as one:
        with pytest.raises(aio.AioRpcError) as refused:
            await one.moderation.RevokeToken(pb.RevokeTokenRequest(token=random_id()))
        assert refused.value.code() is StatusCode.UNAUTHENTICATED
        for bad in ({"token": "x"}, {"token": random_id(), "reason": "x" * 1001}):
            with pytest.raises(aio.AioRpcError) as refused:
                await one.moderation.RevokeToken(pb.RevokeTokenRequest(**bad), metadata=MODERATOR)
            assert refused.value.code() is StatusCode.INVALID_ARGUMENT
        before = time.time()
        until_ms = (await revoke(one, random_id())).until_ms
        assert before + LONGEST_USE < until_ms / 1000 <= time.time() + LONGEST_USE + LIFETIME


async def test_it_stands_in_the_audit_log_and_is_deleted_when_it_is_of_no_use(database: str) -> None:
    engine, day = open_engine(database), 24 * 3600 * 1000
    await migrate(engine)
    store = SqlRevokedTokens(engine, AUDIT)
    token = RevokedToken(TokenId(random_id()), 2 * day)
    for _ in range(2):
        await store.revoke(token, AuditEvent(day, "ann", "token.revoked", token.id, {"reason": "leaked"}))
    assert await store.revoked(2 * day - 1) == [token]
    assert await store.revoked(2 * day) == []
    async with engine.connect() as connection:
        entries = await connection.execute(sa.select(audit.c.action, audit.c.subject))
        assert [tuple(entry) for entry in entries] == [("token.revoked", token.id)] * 2
    for at, left in ((2 * day - 1, 1), (2 * day, 0)):
        await RetentionSweeper(engine, RetentionPeriods(10, 100), partial(int, at)).sweep()
        async with engine.connect() as connection:
            assert await connection.scalar(sa.select(sa.func.count()).select_from(revoked_tokens)) == left
    await engine.dispose()
