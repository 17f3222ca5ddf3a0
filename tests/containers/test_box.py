"""`./zufall up` makes a site with HTTPS from three lines, and `./zufall update` ends no call in it."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil  # ships no types
import pytest
from playwright.async_api import Browser, Error, async_playwright

from bench.swarm.checker import Bounds, check
from bench.swarm.events import Met
from bench.swarm.swarm import swarm

from ..end_to_end.browsers import WITH_CALM_CAMERA, launch
from ..end_to_end.visitor import Visitor
from ..requirements import require
from ..timing import scaled, until
from ..turn_server import own_address
from .box import DOMAIN, PUBLIC, Box
from .conversation import two_strangers_meet

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1800)]  # the first test builds the image

VISITORS = 60
ONE_NETWORK = {
    "ZUFALL_PROOF_OF_WORK": "off",  # or this machine would be busy with nothing else for a while
    "ZUFALL_LIMIT_NETWORK_REPORTS_PER_MINUTE": "6000",
    "ZUFALL_LIMIT_NETWORK_REPORTS_BURST": "6000",
}
"""Settings for many visitors from one address."""
_CONNECTIONS = """
    window.connections = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...settings) { super(...settings); window.connections.push(this); }
    };
"""
_SELECTED = """async () => {
    const stats = await window.connections.at(-1).getStats();
    const transport = [...stats.values()].find(one => one.type === "transport");
    const pair = stats.get(transport.selectedCandidatePairId);
    return [pair.localCandidateId, pair.remoteCandidateId].map(id => stats.get(id))
        .map(({ candidateType, address }) => ({ type: candidateType, address }));
}"""
"""Returns the types and addresses of both candidates through which the media goes."""
SERVICES = ("reports", "matcher", "gateway-1", "gateway-2")


@pytest.fixture(scope="module")
def box(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """Start a box, and remove it afterwards with everything in it."""
    box = Box(tmp_path_factory.mktemp("box"))
    box.write_settings(**ONE_NETWORK)
    try:
        up = box("up")
        assert up.returncode == 0, up.stdout + up.stderr
        assert f"https://console.{DOMAIN}/console#invitation=" in up.stdout
        yield box
    finally:
        box.remove()


@pytest.mark.parametrize("text", ["", "ZUFALL_DOMAIN=zufall.example\nZUFALL_MAIL=me\n"])
def test_without_the_three_lines_it_says_what_to_write(tmp_path: Path, text: str) -> None:
    require("docker")
    box = Box(tmp_path / "box")
    (box.folder / ".env").write_text(text)
    refused = box("up")
    assert refused.returncode == 1
    assert "ZUFALL_ADMINISTRATOR" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_two_strangers_meet_through_https(box: Box) -> None:
    await until(box.has_certificate, seconds=60, pause=0.5)
    await two_strangers_meet(box.origin, box.origin, box.connector)


def test_a_second_start_changes_nothing(box: Box) -> None:
    before = {service: box.inspect(service)["Id"] for service in SERVICES}
    again = box("up")
    assert again.returncode == 0, again.stderr
    assert "#invitation=" not in again.stdout
    assert {service: box.inspect(service)["Id"] for service in SERVICES} == before


def test_nothing_that_the_engine_tells_holds_a_secret(box: Box) -> None:
    secrets = [file.read_text().strip() for file in (box.folder / "secrets").iterdir()]
    values = [part for secret in secrets for part in secret.split(":") if len(part) > 20]
    assert len(values) >= 8
    told = " ".join(map(str, (box.inspect(service) for service in (*SERVICES, "postgres", "caddy"))))
    assert [value for value in values if value in told] == []
    assert (box.folder / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("service", ["gateway-1", "matcher", "caddy"])
def test_only_reports_reaches_the_database(box: Box, service: str) -> None:
    assert box.networks(service) & box.networks("postgres") == set()
    assert box.networks("reports") & box.networks("postgres")


@pytest.mark.parametrize("service", SERVICES)
def test_containers_are_restricted(box: Box, service: str) -> None:
    host = box.inspect(service)["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["LogConfig"]["Config"] == {"max-size": "20m", "max-file": "5"}


def test_a_backup_is_made_and_tried_out(box: Box) -> None:
    made = box("backups", "now")
    assert made.returncode == 0, made.stdout + made.stderr
    drill = box("backups", "drill")
    assert drill.returncode == 0, drill.stdout + drill.stderr


def test_the_doctor_finds_nothing_wrong(box: Box) -> None:
    box.trust_authority()
    url = ("--url", box.origin, "--http-port", str(box.http))
    told = box("doctor", *url, "--idle", "1", "--json")
    levels = {check["name"]: check["level"] for check in json.loads(told.stdout)["checks"]}
    # Nobody can tell from a container which address the machine has, and no mail server is named.
    yellow = dict.fromkeys(("address", "mail"), "yellow")
    assert levels == dict.fromkeys(levels, "green") | yellow, told.stdout
    assert told.returncode == 0


async def test_an_update_and_a_rollback_end_no_call(box: Box) -> None:
    first = box.inspect("gateway-1")["Image"]
    (box.folder / "services" / "newer.py").write_text('"""Makes the image another one."""\n')
    async with swarm([box.plain_origin], VISITORS, "update") as running:
        await until(lambda: running.history.now > 5)
        update = await asyncio.to_thread(box, "update")
        assert update.returncode == 0, update.stdout + update.stderr
        second = {box.inspect(service)["Image"] for service in SERVICES}
        assert len(second) == 1
        assert second != {first}
        assert box.started("gateway-2") - box.started("gateway-1") > timedelta(seconds=2), (
            "one after the other"
        )
        rollback = await asyncio.to_thread(box, "rollback")
        assert rollback.returncode == 0, rollback.stdout + rollback.stderr
        assert {box.inspect(service)["Image"] for service in SERVICES} == {first}
        bounds = Bounds(margin=scaled(2.0))
        await running.until_filed(bounds.filed + bounds.margin)
    events = running.history.events
    assert sum(isinstance(event, Met) for event in events) > VISITORS
    assert [violation.explain(events) for violation in check(events, bounds)] == []


async def test_a_gateway_that_hangs_is_started_again(box: Box) -> None:
    started = box.inspect("gateway-2")["State"]["StartedAt"]
    init = psutil.Process(box.inspect("gateway-2")["State"]["Pid"])
    (gateway,) = init.children()
    os.kill(gateway.pid, signal.SIGSTOP)

    def is_well() -> bool:
        state = box.inspect("gateway-2")["State"]
        return bool(state["StartedAt"] != started and state["Health"]["Status"] == "healthy")

    await until(is_well, seconds=scaled(100))


async def _agrees(person: Visitor) -> bool:
    """Agree, unless Chromium gives up the load, as it does when the engine adds or removes an interface."""
    try:
        await person.agree()
    except Error as error:
        if "ERR_NETWORK_CHANGED" not in error.message:
            raise
        return False
    return True


async def test_two_browsers_meet_and_only_our_relay_sees_their_addresses(box: Box) -> None:
    require("browser")
    names = f"--host-resolver-rules=MAP {DOMAIN} {own_address()}"
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        browser = await launch(playwright, *WITH_CALM_CAMERA, names)
        stack.push_async_callback(browser.close)
        people = [await _person(browser, box.origin) for _ in range(2)]
        for person in people:
            await until(partial(_agrees, person), seconds=60, pause=0.5)
        for person in people:
            await person.start()
        for person in people:
            await person.until("matched")
            await person.sees_moving_pictures()
        for person in people:
            candidates = await person.page.evaluate(_SELECTED)
            assert [one["type"] for one in candidates] == ["relay", "relay"]
            assert {one["address"] for one in candidates} == {PUBLIC}


async def _person(browser: Browser, origin: str) -> Visitor:
    """Open a page whose connections the test can ask. The browser does not know the test's authority."""
    context = await browser.new_context(ignore_https_errors=True)
    page = await context.new_page()
    await page.add_init_script(_CONNECTIONS)
    return Visitor(page, origin)
