"""The page answers instantly and sends nothing needless: before Start, in a call and without a network."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from ..requirements import require
from ..timing import scaled, until
from ..turn_server import own_address, turn_server
from .conftest import Come
from .installation import Installation, installation
from .stopwatch import STOPWATCH, become_somebody_else, time_of_meeting
from .visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MEETING = 1.5
"""Seconds from `matched` to the first picture at most, also while other tests run."""

_RECORD_SERVERS = """
    window.iceServers = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration) {
            super(configuration);
            iceServers.push(...(configuration?.iceServers ?? []));
        }
        setConfiguration(configuration) {
            iceServers.push(...(configuration.iceServers ?? []));
            super.setConfiguration(configuration);
        }
    };
"""
_KEPT = "() => caches.match('/').then(async page => page && (await navigator.serviceWorker.ready).active)"
_TAB = """
    JSON.stringify(Object.fromEntries(
        ["zufall.tab", "zufall.token"].map(name => [name, sessionStorage.getItem(name)])
    ))
"""


@pytest.fixture
def relayed(tmp_path: Path) -> Iterator[Installation]:
    """Provide an installation with a relay that nobody has to use."""
    require("browser")
    require("coturn")
    with (
        turn_server(tmp_path, own_address()) as turn,
        installation(tmp_path, turn.environment) as running,
    ):
        yield running


async def test_before_start_everything_is_there_and_a_stranger_is_seen_soon(
    zufall: Installation, come: Come
) -> None:
    people = [await come(zufall.first), await come(zufall.second)]
    await _gets_a_token_while_the_rules_are_read(people[0])
    for person in people:
        await person.page.add_init_script(STOPWATCH)
        await person.agree()
        await _is_online(person)
        assert await person.phase() == "idle"
    times: list[float] = []
    for meetings in range(3):
        if meetings:
            await asyncio.gather(*map(become_somebody_else, people))
        await asyncio.gather(*(person.press("Start") for person in people))
        times += [time["picture"] for time in await asyncio.gather(*map(time_of_meeting, people))]
    assert sorted(times)[len(times) // 2] < 1000 * scaled(MEETING), times


async def test_a_whole_visit_asks_nobody_else_and_the_page_opens_without_a_connection(
    zufall: Installation, come: Come
) -> None:
    visitor, stranger = await come(zufall.shared), await come(zufall.shared)
    asked, page = _everything_asked_for(visitor.page), visitor.page
    calls = zufall.calls("direct")
    await page.add_init_script(_RECORD_SERVERS)
    for person in (visitor, stranger):
        await person.agree()
        await person.start()
    await visitor.sees_moving_pictures()
    await until(lambda: zufall.calls("direct") == calls + 2)
    await visitor.press("Report")
    await visitor.press("Spam or bot")
    await visitor.has_been_told("Your report has arrived")
    await visitor.press("Stop")
    await page.wait_for_function(_KEPT)
    await page.context.set_offline(True)
    opened = await page.reload()
    await visitor.sees("You are offline.")
    assert opened is not None
    assert opened.from_service_worker
    policy = opened.headers["content-security-policy"]
    socket = zufall.shared.replace("http", "ws", 1)
    assert {socket, "ws:", "wss:"} & set(re.split(r"[ ;]+", policy)) == {socket}
    visitor.welcome = {}
    await page.context.set_offline(False)
    await _is_online(visitor)
    await expect(page.get_by_text("You are offline.")).to_be_hidden()
    assert {"/".join(url.split("/")[:3]) for url in asked} == {zufall.shared, socket}
    assert await page.evaluate("window.iceServers") == []
    visitor.forgive("ERR_INTERNET_DISCONNECTED")
    visitor.forgive("WebSocket connection")


async def test_a_tab_that_is_duplicated_takes_the_call_only_by_start(
    zufall: Installation, come: Come
) -> None:
    visitor, stranger = await come(zufall.first), await come(zufall.second)
    for person in (visitor, stranger):
        await person.agree()
        await person.start("Text")
    await visitor.until("matched")
    kept = await visitor.page.evaluate(_TAB)
    copy = Visitor(await visitor.page.context.new_page(), zufall.first)
    await copy.page.add_init_script(f"Object.assign(sessionStorage, {kept})")
    await copy.open()
    await copy.until("idle")
    await stranger.say("still there?")
    await visitor.hears("still there?")
    assert copy.welcome == {}
    await copy.press("Start")
    await visitor.has_been_told("Zufall is open in another tab or window")
    await visitor.until("idle")


async def test_a_visitor_who_hides_uses_the_relay_and_names_no_address(
    relayed: Installation, come: Come
) -> None:
    """A visitor hides unless they chose otherwise, and an earlier choice is kept."""
    hider, other = await come(relayed.first), await come(relayed.second)
    heard, said = _signals_heard(other.page), _signals_heard(hider.page)
    await other.prefer(hideAddress=False)
    for person, hides in ((hider, True), (other, False)):
        await person.agree()
        await expect(person.page.locator("#address-notice")).to_be_hidden()
        await person.button("Settings").filter(visible=True).click()
        box = person.page.get_by_role("checkbox", name="Hide my IP address")
        await expect(box).to_be_checked(checked=hides)
        await person.button("Close").filter(visible=True).click()
    for person in (hider, other):
        await person.start()
    await asyncio.gather(hider.sees_moving_pictures(), other.sees_moving_pictures())
    await until(lambda: relayed.calls("relay") + relayed.calls("direct") == 2)
    assert relayed.calls("relay") == 1
    assert any(" typ host" in line for signal in said for line in _candidates_in(signal))
    lines = [line for signal in heard for line in _candidates_in(signal)]
    assert lines
    assert all(" typ relay" in line for line in lines), lines
    nothing = {"0.0.0.0", "::"}  # noqa: S104 -- compared, not bound
    behind = {word for line in lines for word in re.findall(r"raddr (\S+)", line)}
    assert behind <= nothing
    described = "".join(signal.get("description", {}).get("sdp", "") for signal in heard)
    places = set(re.findall(r"^c=IN IP\d (\S+)", described, re.MULTILINE))
    assert places <= {line.split()[4] for line in lines} | nothing


async def _gets_a_token_while_the_rules_are_read(person: Visitor) -> None:
    """Check that the browser works for a token before there is consent, and says so if it takes long."""
    page = person.page
    await page.route("**/api/challenge*", _ask_for_endless_work)
    await person.open()
    await person.has_been_told("your browser has some work to do first")
    await page.unroute("**/api/challenge*")
    async with page.expect_request("**/api/session") as request:
        await person.open()
    proofs = (await request.value).post_data_json
    assert set(proofs or ()) == {"device", "work"}
    await page.wait_for_function("() => sessionStorage.getItem('zufall.token')")
    assert await person.phase() == "consent"


async def _ask_for_endless_work(route: Route) -> None:
    challenge = await (await route.fetch()).json()
    challenge["work"]["parameters"]["keyPrefix"] = "f" * 32
    await route.fulfill(json=challenge)


def _everything_asked_for(page: Page) -> list[str]:
    """Return a list that collects the requests of the page and its worker, and its sockets."""
    asked: list[str] = []

    def note(url: str) -> None:
        if url.startswith(("http", "ws")):
            asked.append(url)

    page.context.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    return asked


def _signals_heard(page: Page) -> list[dict[str, Any]]:
    """Return a list that collects the descriptions and candidates that the page receives."""
    heard: list[dict[str, Any]] = []

    def note(frame: bytes | str) -> None:
        message = json.loads(frame)
        if message["type"] in ("description", "candidates"):
            heard.append(message)

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    return heard


def _candidates_in(signal: dict[str, Any]) -> list[str]:
    if signal["type"] == "candidates":
        return [str(one["candidate"]) for one in signal["candidates"] if one["candidate"]]
    return re.findall(r"^a=(candidate:.+?)\s*$", str(signal["description"].get("sdp", "")), re.MULTILINE)


async def _is_online(person: Visitor) -> None:
    await until(lambda: person.welcome)
