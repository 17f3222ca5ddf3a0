"""Each endpoint allows exactly the roles that the table of roles names."""

import asyncio
from contextlib import AsyncExitStack

from services.reports.core.roles import ENDPOINTS, Role, allows
from services.reports.shell.console.live_queue import MAX_STREAMS

from ...timing import scaled
from ..reports_service import ReportsReplica
from .api_moderator import ApiModerator, ApiResponse, anonymous, logged_in

NAMES = {"{case}": "a", "{visitor}": "b", "{report}": "c", "{number}": "0", "{decision}": "d", "{name}": "e"}


def path_of(path: str) -> str:
    for name, value in NAMES.items():
        path = path.replace(name, value)
    return path


def lets(answer: ApiResponse, role: Role | None) -> bool:
    """Tell whether the request reached its handler, which refuses these requests for other reasons."""
    code = answer.content.get("code") if isinstance(answer.content, dict) else None
    if role is None:
        return code != "not_logged_in"
    return not (answer.status == 403 and "this is for" in answer.content["detail"])


async def called(somebody: ApiModerator, method: str, path: str) -> ApiResponse:
    if path == "/events":  # never ends by itself
        async with somebody.session.get(f"{somebody.origin}/console/api/events") as answer:
            content = {} if answer.status == 200 else await answer.json(content_type=None)
            return ApiResponse(answer.status, content, answer.headers)
    return await somebody.call(method, path_of(path))


async def test_each_endpoint_needs_the_role_in_the_table(replica: ReportsReplica) -> None:
    for role in (None, *Role):
        async with AsyncExitStack() as stack:
            name = f"somebody-{role}"
            enter = anonymous(replica) if role is None else logged_in(replica, name, role)
            await walk(await stack.enter_async_context(enter), role)


async def walk(somebody: ApiModerator, role: Role | None) -> None:
    for method, path in sorted(ENDPOINTS, key=lambda one: one == ("DELETE", "/session")):  # logging out last
        answer = await called(somebody, method, path)
        assert answer.status < 500, (method, path, answer)
        assert lets(answer, role) == allows(role, ENDPOINTS[method, path]), (role, method, path, answer)


async def test_changes_from_another_origin_are_refused(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann", Role.ADMIN) as ann:
        for method, path in ENDPOINTS:
            if method == "GET":
                continue
            for origin in ("http://evil.example", "null"):
                answer = await ann.call(method, path_of(path), origin=origin)
                assert (answer.status, answer.content["code"]) == (403, "permission_refused"), path
        url = f"{ann.origin}/console/api/accounts"
        as_form = {"Origin": ann.origin, "Content-Type": "text/plain"}
        async with ann.session.post(url, data='{"name":"x","role":"admin"}', headers=as_form) as response:
            assert response.status == 400
        async with ann.session.post(url, json={"name": "x", "role": "admin"}) as response:
            assert response.status == 403, "a browser names the origin of what it sends"


async def test_views_from_another_site_are_refused(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann") as ann:
        url = f"{ann.origin}/console/api/reports/x/frames/0"
        for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 404), ("none", 404)):
            async with ann.session.get(url, headers={"Sec-Fetch-Site": site}) as answer:
                assert answer.status == status, site


async def test_a_cookie_of_invalid_bytes_is_no_session(replica: ReportsReplica) -> None:
    host, port = replica.console.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /console/api/session HTTP/1.1\r\nHost: x\r\nCookie: zufall-console=\xff\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()


async def test_every_response_has_the_security_headers(replica: ReportsReplica) -> None:
    async with anonymous(replica) as nobody:
        answers = [await nobody.get(path) for path in ("/ways", "/queue", "/nothing")]
        for path in ("/console", "/console/nothing", "/", "/console/../../etc/passwd"):
            async with nobody.session.get(nobody.origin + path) as response:
                answers.append(ApiResponse(response.status, b"", response.headers))
        for answer in answers:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            is_page = answer.headers["Content-Type"].startswith("text/html")
            assert ("camera=()" in answer.headers.get("Permissions-Policy", "")) == is_page
            assert answer.headers["Server"] == "Zufall"


async def test_the_root_and_the_folder_lead_to_the_page(replica: ReportsReplica) -> None:
    async with anonymous(replica) as nobody:
        for path in ("/", "/console/"):
            async with nobody.session.get(nobody.origin + path, allow_redirects=False) as response:
                assert (response.status, response.headers["Location"]) == (302, "/console")


async def test_paths_with_nul_are_refused(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann", Role.ADMIN) as ann:
        for path in ("/cases/%00", "/visitors/a%00b", "/reports/%00/frames/0", "/cases/%00/export?reason=x"):
            assert (await ann.get(path)).status == 400, path


async def test_a_changed_role_applies_at_once(replica: ReportsReplica) -> None:
    async with (
        logged_in(replica, "ann", Role.ADMIN) as ann,
        logged_in(replica, "bob", Role.SENIOR) as bob,
    ):
        changed = await ann.call("PATCH", "/accounts/bob", {"role": "viewer"})
        assert (changed.status, changed.content["role"]) == (200, "viewer")
        assert (await bob.get("/queue")).content["code"] == "not_logged_in"
        own = await ann.call("PATCH", "/accounts/ann", {"disabled": True})
        assert own.content["code"] == "permission_refused"


async def test_a_stream_ends_when_its_account_is_disabled(replica: ReportsReplica) -> None:
    async with (
        logged_in(replica, "ann", Role.ADMIN) as ann,
        logged_in(replica, "bob", Role.VIEWER) as bob,
        bob.session.get(f"{bob.origin}/console/api/events") as stream,
    ):
        assert (await stream.content.readline()) == b"event: queue\n"
        await ann.call("PATCH", "/accounts/bob", {"disabled": True})
        async with asyncio.timeout(scaled(10)):
            rest = await stream.content.read()
        assert rest.startswith(b"data: ")


async def test_streams_of_an_account_are_limited(replica: ReportsReplica) -> None:
    async with logged_in(replica, "ann", Role.VIEWER) as ann, AsyncExitStack() as pages:
        url = f"{ann.origin}/console/api/events"
        for _ in range(MAX_STREAMS):
            stream = await pages.enter_async_context(ann.session.get(url))
            assert stream.status == 200
        async with ann.session.get(url) as refused:
            assert refused.status == 503
        await pages.aclose()
        async with asyncio.timeout(scaled(10)):
            while (await status(ann, url)) != 200:
                pass


async def status(of: ApiModerator, url: str) -> int:
    async with of.session.get(url) as answer:
        return answer.status
