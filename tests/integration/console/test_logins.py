"""Logins, invitations, and what locks an account."""

import asyncio
import base64
import time
from contextlib import AsyncExitStack

import pytest
import sqlalchemy as sa

from services.contract.errors import Unavailable
from services.contract.sealing import Sealer
from services.reports.core import lockout
from services.reports.core.lockout import FREE_FAILURES
from services.reports.core.roles import Role
from services.reports.shell.console import login_attempts
from services.reports.shell.console.accounts import TOTP_SECRET_CONTEXT, SqlAccounts
from services.reports.shell.console.errors import Locked
from services.reports.shell.console.login_sessions import SqlLoginSessions
from services.reports.shell.console.password_hasher import MAX_PENDING, PasswordHasherPool
from services.reports.shell.storage import tables
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.schema import migrate

from ...audit import AUDIT, RING
from ..reports_service import NO_NATS, ReportsReplica, reports_service
from .api_moderator import PASSWORD, ApiModerator, ApiResponse, anonymous, logged_in


async def log_in(
    by: ApiModerator, of: ApiModerator, password: str = PASSWORD, code: str | None = None, later: int = 1
) -> ApiResponse:
    return await by.post("/session", name=of.name, password=password, code=code or of.code(later))


async def test_a_login_needs_name_password_and_an_unused_code(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann") as ann, anonymous(replica) as elsewhere:
        used = await log_in(elsewhere, ann, later=0)
        assert used.content["code"] == "login_refused", "the code that made the password is used up"
        entered = await log_in(elsewhere, ann)
        assert (entered.status, entered.content["name"], entered.content["role"]) == (201, "ann", "moderator")
        cookie = entered.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert (await elsewhere.get("/session")).content["name"] == "ann"
        again = await log_in(elsewhere, ann)
        assert again.content["code"] == "login_refused", "a code that somebody saw over a shoulder"
        assert (await elsewhere.call("DELETE", "/session")).status == 204
        assert (await elsewhere.get("/session")).content["code"] == "not_logged_in"
        assert (await ann.get("/session")).status == 200, "the other browser stays"


async def test_a_code_works_once_even_at_the_same_moment(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann") as ann, anonymous(replica) as other:
        code = ann.code(1)
        answers = await asyncio.gather(*(log_in(other, ann, code=code) for _ in range(3)))
        assert sorted(answer.status for answer in answers) == [201, 401, 401]


async def test_a_refused_login_does_not_say_what_is_wrong(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann") as ann, anonymous(replica) as other:
        wrong = [
            await log_in(other, ann, password="something else"),
            await log_in(other, ann, code="000000"),
            await other.post("/session", name="nobody", password=PASSWORD, code=ann.code(1)),
            await other.post("/session", name="\0", password="x" * 5000, code="１２３４５６"),
        ]
        assert len({(answer.status, answer.content["detail"]) for answer in wrong}) == 1
        assert wrong[0].status == 401


async def test_a_guesser_is_locked_out_even_with_concurrent_guesses(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann") as ann, anonymous(replica) as guesser:
        guesses = (log_in(guesser, ann, password=f"guess number {n}") for n in range(FREE_FAILURES + 8))
        answers = await asyncio.gather(*guesses)
        refused = [answer for answer in answers if answer.content["code"] == "login_refused"]
        locked = [answer for answer in answers if answer.content["code"] == "locked"]
        assert len(refused) == FREE_FAILURES + 1, "no more were even looked at"
        assert len(locked) == 7
        assert locked[0].status == 429
        assert 0 < int(locked[0].headers["Retry-After"]) <= 70
        right = await log_in(guesser, ann)
        assert right.content["code"] == "locked", "also with the right password"
        assert (await ann.get("/session")).status == 200, "who is in stays in"


async def test_an_unknown_name_is_locked_like_any_other(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann"), anonymous(replica) as guesser:
        told = [await _guesses(guesser, name) for name in ("ann", "Nobody", "ann@nowhere.example")]
        assert told[0] == told[1] == told[2]
        assert [status for status, *_ in told[0]] == [401] * (FREE_FAILURES + 1) + [429] * 2


async def _guesses(by: ApiModerator, name: str) -> list[tuple[object, ...]]:
    """Return the responses to some wrong logins, without the seconds in them."""
    passwords = [f"guess number {n}" for n in range(FREE_FAILURES + 3)]
    answers = [await by.post("/session", name=name, password=one, code="123456") for one in passwords]
    return [(one.status, one.content["code"], one.content["detail"], *sorted(one.headers)) for one in answers]


async def test_attempts_count_on_every_replica_and_are_forgotten_after_a_day(database: str) -> None:
    engine = open_engine(database)
    await migrate(engine)
    async with engine.begin() as connection:
        for now in range(FREE_FAILURES + 1):
            await login_attempts.begin_attempt(connection, "nobody", b"here", now)
        with pytest.raises(Locked):
            await login_attempts.begin_attempt(connection, "nobody", b"here", FREE_FAILURES + 1)
        assert await login_attempts.begin_attempt(connection, "nobody", b"elsewhere", FREE_FAILURES + 1) == 1
        assert await login_attempts.failed_attempts(connection, -1) == FREE_FAILURES + 2
        assert await login_attempts.failed_attempts(connection, FREE_FAILURES + 1) == 0
        closed = lockout.locked_until(FREE_FAILURES + 1, FREE_FAILURES)
        assert await login_attempts.lockouts(connection, ["nobody", "ann"]) == {"nobody": closed}
        assert await login_attempts.begin_attempt(connection, "nobody", b"here", closed) == FREE_FAILURES + 2
        assert (
            await login_attempts.begin_attempt(
                connection, "nobody", b"here", closed + lockout.FORGET_AFTER + 1
            )
            == 1
        )
    await engine.dispose()


async def test_attempts_of_a_limited_number_of_names_are_kept(database: str) -> None:
    engine = open_engine(database)
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.execute(
            sa.insert(tables.attempts),
            [
                {"name": b"%d" % n, "origin": b"%d" % (n % 2), "failures": 1, "last_at": n, "locked_until": 0}
                for n in range(1, login_attempts.MAX_COUNTED + 10)
            ],
        )
        await login_attempts.begin_attempt(connection, "one more", b"here", login_attempts.MAX_COUNTED + 10)
        kept = await connection.execute(sa.select(sa.func.count(), sa.func.min(tables.attempts.c.last_at)))
        assert tuple(kept.one()) == (login_attempts.MAX_COUNTED, 11)
    await engine.dispose()


async def test_logins_are_limited_for_each_network(database: str) -> None:
    settings = {"ZUFALL_CONSOLE_TRUSTED_PROXIES": "127.0.0.0/8", "ZUFALL_LIMIT_LOGINS_BURST": "3"}
    async with reports_service(database, NO_NATS, **settings) as replica, anonymous(replica) as guesser:

        async def guess(number: int, address: str) -> ApiResponse:
            guesser.session.headers["X-Forwarded-For"] = address
            return await guesser.post("/session", name=f"name {number}", password="wrong", code="123456")

        answers = [await guess(n, f"198.51.100.{n}") for n in range(4)]
        assert [one.status for one in answers] == [401, 401, 401, 429]
        assert answers[-1].content["code"] == "too_fast"
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 10
        assert (await guess(5, "198.51.101.1")).status == 401
        assert (await guesser.get("/oidc")).status == 401
        guesser.session.headers["X-Forwarded-For"] = "198.51.100.9"
        assert (await guesser.get("/oidc")).status == 429
        assert (await guesser.get("/ways")).status == 200


async def test_guesses_from_elsewhere_do_not_lock_a_colleague_out(database: str) -> None:
    settings = {"ZUFALL_CONSOLE_TRUSTED_PROXIES": "127.0.0.0/8"}
    async with (
        reports_service(database, NO_NATS, **settings) as replica,
        logged_in(replica, "ann") as ann,
        anonymous(replica) as guesser,
        anonymous(replica) as new_browser,
    ):
        guesser.session.headers["X-Forwarded-For"] = "198.51.100.1"
        for n in range(FREE_FAILURES + 1):
            await log_in(guesser, ann, password=f"guess number {n}")
        guesser.session.headers["X-Forwarded-For"] = "198.51.100.2"
        assert (await log_in(guesser, ann)).content["code"] == "locked", "the whole network of the guesser"
        new_browser.session.headers["X-Forwarded-For"] = "203.0.113.1"
        assert (await log_in(new_browser, ann)).status == 201


async def test_a_known_browser_gets_through_what_its_network_did(database: str) -> None:
    settings = {"ZUFALL_LIMIT_LOGINS_BURST": str(FREE_FAILURES + 2), "ZUFALL_LIMIT_LOGINS_PER_MINUTE": "0.01"}
    async with (
        reports_service(database, NO_NATS, **settings) as replica,
        logged_in(replica, "ann") as ann,
        logged_in(replica, "bob") as bob,
        anonymous(replica) as guesser,
    ):
        answers = [await log_in(guesser, ann, password=f"guess number {n}") for n in range(FREE_FAILURES + 3)]
        assert [one.content["code"] for one in answers[-2:]] == ["locked", "too_fast"]
        assert (await log_in(bob, ann)).content["code"] == "too_fast", "his cookie is for another account"
        await ann.call("DELETE", "/session")
        assert (await log_in(ann, ann)).status == 201, "she has logged in with this browser before"
        for n in range(FREE_FAILURES + 1):
            assert (await log_in(ann, ann, password=f"guess number {n}")).status == 401
        assert (await log_in(ann, ann, later=2)).content["code"] == "locked", "who stole it may not guess"


async def test_a_new_invitation_unlocks_an_account(replica: ReportsReplica) -> None:
    async with (
        logged_in(replica, "ann") as ann,
        logged_in(replica, "root", Role.ADMIN) as root,
        anonymous(replica, "ann") as again,
    ):
        for n in range(FREE_FAILURES + 1):
            await log_in(again, ann, password=f"guess number {n}")
        listed = (await root.get("/accounts")).content["accounts"]
        assert [(one["name"], one["locked_until"] > 0) for one in listed] == [("ann", True), ("root", False)]
        renewed = await root.post("/accounts/ann/invitation")
        assert (await ann.get("/session")).status == 401, "whoever was in is out"
        await again.accept_invitation(renewed.content["invitation"])
        assert (await again.get("/session")).content["name"] == "ann"


async def test_an_invitation_works_once(replica: ReportsReplica) -> None:
    async with (
        logged_in(replica, "root", Role.ADMIN) as root,
        anonymous(replica, "bob") as bob,
        anonymous(replica, "eve") as eve,
    ):
        made = await root.post("/accounts", name="bob", role="viewer")
        twice = await root.post("/accounts", name="bob", role="admin")
        assert (made.status, twice.status, twice.content["code"]) == (201, 409, "conflict")
        token = made.content["invitation"].partition("=")[2]
        opening = (await bob.post("/invitation", token=token)).content["opening"]
        for password, code, opened in (
            ("short", "000000", opening),
            (PASSWORD, "000000", opening),
            ("aaaaaaaaaaaa", "000000", opening),
            (PASSWORD, "000000", "x"),
        ):
            refused = await bob.post(
                "/invitation/accept", token=token, password=password, code=code, opening=opened
            )
            assert (refused.status, refused.content["code"]) == (400, "invalid_request")
        await bob.accept_invitation(made.content["invitation"])
        late = await eve.post("/invitation", token=token)
        assert (late.status, late.content["code"]) == (410, "too_late")
        assert (await eve.post("/invitation", token="")).status == 410
        listed = (await root.get("/accounts")).content["accounts"]
        assert [(one["name"], one["role"], one["state"]) for one in listed] == [
            ("bob", "viewer", "active"),
            ("root", "admin", "active"),
        ]


async def test_whoever_only_looked_at_an_invitation_knows_nothing(replica: ReportsReplica) -> None:
    """Each opening shows a secret of its own, and only the accepted one is kept. All are in the audit log."""
    async with (
        logged_in(replica, "root", Role.ADMIN) as root,
        anonymous(replica, "bob") as bob,
        anonymous(replica, "eve") as eve,
    ):
        made = await root.post("/accounts", name="bob", role="viewer")
        link = made.content["invitation"]
        seen = await eve.post("/invitation", token=link.partition("=")[2])
        eve.secret = base64.b32decode(seen.content["secret"])
        await bob.accept_invitation(link)
        assert bob.secret != eve.secret
        answer = await eve.post("/session", name="bob", password=PASSWORD, code=eve.code(1))
        assert answer.status == 401, "also with the password"
        other = (await root.post("/accounts", name="ann", role="viewer")).content["invitation"]
        refused = await eve.post(
            "/invitation/accept",
            token=other.partition("=")[2],
            password=PASSWORD,
            code=eve.code(),
            opening=seen.content["opening"],
        )
        assert (refused.status, "open its link again" in refused.content["detail"]) == (400, True)
        told = (await root.get("/audit")).content["entries"]
        assert [one["action"] for one in told if one["subject"] == "bob"] == [
            "account.entered",
            "account.accepted",
            "account.opened",
            "account.opened",
            "account.invited",
        ]


async def test_malformed_requests_are_refused(replica: ReportsReplica) -> None:
    async with anonymous(replica) as somebody:
        bodies: list[object] = [[], {"name": 1}, {"name": "a", "password": "b", "code": "c", "more": 1}, "x"]
        for fields in bodies:
            answer = await somebody.call("POST", "/session", fields)
            assert (answer.status, answer.content["code"]) == (400, "invalid_request")
        url = f"{somebody.origin}/console/api/session"
        headers = {"Origin": somebody.origin, "Content-Type": "application/json"}
        for body in (b"{", b"\xff" * 10, b"[" * 10_000):
            async with somebody.session.post(url, data=body, headers=headers) as response:
                assert response.status == 400
        async with somebody.session.post(url, data=b" " * 70_000, headers=headers) as response:
            assert (response.status, (await response.json(content_type=None))["code"]) == (413, "too_large")


async def test_an_attempt_without_a_hashing_slot_does_not_count(replica: ReportsReplica) -> None:
    engine, hashing = open_engine(replica.database), PasswordHasherPool()
    accounts = SqlAccounts(engine, Sealer(RING, TOTP_SECRET_CONTEXT), AUDIT)
    sessions = SqlLoginSessions(engine, accounts, hashing, AUDIT)
    async with logged_in(replica, "ann") as ann, AsyncExitStack() as crowd:
        places = [hashing.slot() for _ in range(MAX_PENDING)]
        waiting = [asyncio.create_task(crowd.enter_async_context(place)) for place in places]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for _ in range(FREE_FAILURES + 1):
            with pytest.raises(Unavailable):
                await sessions.log_in("ann", PASSWORD, ann.code(1), b"here", int(time.time() * 1000))
        for task in waiting:
            task.cancel()
        assert (await log_in(ann, ann)).status == 201
    await engine.dispose()


async def test_an_admin_is_left_when_two_remove_each_other(replica: ReportsReplica) -> None:
    engine = open_engine(replica.database)
    accounts = SqlAccounts(engine, Sealer(RING, TOTP_SECRET_CONTEXT), AUDIT)
    for name in ("ann", "bob"):
        await accounts.invite(name, Role.ADMIN, "test", 1)
    demoted = accounts.change("ann", Role.VIEWER, None, "bob", 2)
    disabled = accounts.change("bob", None, True, "ann", 2)
    outcomes = await asyncio.gather(demoted, disabled, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Account", "Conflict"]
    left = [one for one in await accounts.all() if one.role is Role.ADMIN and not one.disabled]
    assert len(left) == 1
    await engine.dispose()
