"""Exports and changes of accounts need a code of the last minutes."""

import sqlalchemy as sa

from services.reports.core.lockout import FREE_FAILURES
from services.reports.core.roles import CONFIRMATION_LIFETIME, CONFIRMED_ENDPOINTS, ENDPOINTS, Role
from services.reports.shell.storage.database import open_engine
from services.reports.shell.storage.tables import sessions

from ..reports_service import ReportsReplica
from .api_moderator import ApiModerator, logged_in
from .test_cases import file, only_case
from .test_roles import called


async def let_the_code_grow_old(replica: ReportsReplica) -> None:
    engine = open_engine(replica.database)
    async with engine.begin() as connection:
        older = {"confirmed_at": sessions.c.confirmed_at - CONFIRMATION_LIFETIME}
        await connection.execute(sa.update(sessions).values(older))
    await engine.dispose()


async def code_of(answer_to: ApiModerator, method: str, path: str) -> str | None:
    answer = await called(answer_to, method, path)
    return answer.content.get("code") if isinstance(answer.content, dict) else None


async def test_exactly_the_endpoints_in_the_table_need_a_fresh_code(replica: ReportsReplica) -> None:
    async with logged_in(replica, "root", Role.ADMIN) as root:
        await let_the_code_grow_old(replica)
        others = sorted(ENDPOINTS.keys() - CONFIRMED_ENDPOINTS - {("DELETE", "/session")})
        for endpoint in CONFIRMED_ENDPOINTS:
            assert await code_of(root, *endpoint) == "confirmation_needed", endpoint
        for endpoint in others:
            assert await code_of(root, *endpoint) != "confirmation_needed", endpoint


def test_whatever_exports_or_changes_accounts_is_in_the_table() -> None:
    changing = {one for one in ENDPOINTS if "/accounts" in one[1] and one[0] != "GET"}
    exporting = {one for one in ENDPOINTS if "export" in one[1]}
    assert changing | exporting == CONFIRMED_ENDPOINTS


async def test_a_code_allows_an_export_and_a_change_of_a_role(replica: ReportsReplica) -> None:
    await file(replica)
    async with logged_in(replica, "root", Role.ADMIN) as root, logged_in(replica, "bob"):
        case = await only_case(root)
        await let_the_code_grow_old(replica)
        refused = await root.call("PATCH", "/accounts/bob", {"role": "viewer"})
        assert (refused.status, refused.content["code"]) == (403, "confirmation_needed")
        code = root.code(1)
        assert (await root.post("/session/confirm", code=code)).status == 204
        assert (await root.call("PATCH", "/accounts/bob", {"role": "viewer"})).status == 200
        assert (await root.get(f"/cases/{case}/export?reason=a+letter&recipient=a+court")).status == 200
        entries = (await root.get("/audit")).content["entries"]
        assert [one["action"] for one in entries[:3]] == [
            "case.exported",
            "account.changed",
            "account.confirmed",
        ]
        again = await root.post("/session/confirm", code=code)
        assert (again.status, again.content["code"]) == (401, "login_refused"), "a code works once"


async def test_codes_cannot_be_guessed_in_a_browser_that_was_left_open(replica: ReportsReplica) -> None:
    async with logged_in(replica, "root", Role.ADMIN) as root:
        answers = [await root.post("/session/confirm", code="000000") for _ in range(FREE_FAILURES + 2)]
        assert [one.content["code"] for one in answers[-2:]] == ["login_refused", "locked"]
        right = await root.post("/session/confirm", code=root.code(1))
        assert right.content["code"] == "locked"
        assert (await root.get("/session")).status == 200
