"""`zufall run` starts everything, prints one URL, and leaves nothing behind."""

import asyncio
import json
import signal
import socket
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from bench.client.http import fetch_challenge, fetch_token
from services.contract.limits import LEAST_WORK

from ..servers import free_ports_in_a_row
from ..timing import scaled, until
from ..visitor import ManualVisitor, opened
from .local_run import ZUFALL, Run, running

READY = "Zufall is ready"


@pytest.fixture
def port() -> int:
    """Return the first of four free ports in a row."""
    return free_ports_in_a_row(4)


async def test_it_serves_each_port_to_its_own_origin_and_stops_on_ctrl_c(tmp_path: Path, port: int) -> None:
    data = tmp_path / "new" / "data"
    async with running(data, port) as run:
        line = await run.until_said(READY)
        assert f"http://localhost:{port} " in line
        check_files(run)
        async with aiohttp.ClientSession() as http:
            assert "work" in await fetch_challenge(http, run.url(1))
            assert run.child("signaling").environ()["ZUFALL_WORK_MOST"] == str(LEAST_WORK)
            token = await fetch_token(http, run.url(1))
            for number in (0, 1, 2):
                await check_port(http, run, number, token)
        await check_commands(run)
        run.process.send_signal(signal.SIGINT)
        assert await run.ended() == 0
        assert await run.left() == []
        assert not (data / "run.json").exists(), "it would lead commands astray"
        assert "".join(run.output).count("http://") == 2, "for visitors, and for moderators"
    await check_second_start(run, token)


def check_files(run: Run) -> None:
    assert stat.S_IMODE(run.data.stat().st_mode) == 0o700, "reports hold pictures"
    assert stat.S_IMODE((run.data / "secrets.env").stat().st_mode) == 0o600
    found = json.loads((run.data / "run.json").read_text())
    assert found["gateways"] == [run.url(1), run.url(2)]
    assert found.keys() == {"nats", "nats_monitoring", "matcher", "reports", "console", "gateways", "admin"}


async def check_port(http: aiohttp.ClientSession, run: Run, number: int, token: str) -> None:
    url = run.url(number)
    async with http.get(url) as page:
        assert "<html" in await page.text()
        assert page.headers["Content-Security-Policy"].endswith("frame-src 'none'")
    async with http.get(f"{url}/api/config") as config:
        assert (await config.json())["protocol"] == "zufall.v2"
    for origin in (url, url.replace("127.0.0.1", "localhost")):
        async with http.ws_connect(f"{url}/ws", origin=origin) as socket:
            await socket.send_json({"type": "hello", "token": token, "epoch": 1})
            assert (await socket.receive_json())["type"] == "welcome"
    for other in (run.url(3), "http://localhost", f"http://zufall.test:{run.port}"):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await http.ws_connect(f"{url}/ws", origin=other)
    if number:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await http.ws_connect(f"{url}/ws", origin=run.url(3 - number))


async def check_commands(run: Run) -> None:
    """Check that the commands find the installation by its folder."""
    process = await asyncio.create_subprocess_exec(
        ZUFALL, "reports", "list", "--data", run.data, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert (process.returncode, said) == (0, b"no reports yet\n")


async def check_second_start(first: Run, token: str) -> None:
    """Check that a second start is quick, and that the token is still valid."""
    began = time.monotonic()
    async with running(first.data, first.port) as second:
        await second.until_said(READY)
        assert time.monotonic() - began < scaled(15)
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{second.url(2)}/ws") as socket:
            await socket.send_json({"type": "hello", "token": token, "epoch": 1})
            assert (await socket.receive_json())["type"] == "welcome"


async def test_a_gateway_that_is_killed_is_missed_aloud_and_starts_again(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run, aiohttp.ClientSession() as http:
        await run.until_said(READY)
        killed = run.child("signaling", 1)
        killed.kill()
        assert "starts again in 0.5 s" in await run.until_said("gateway-2 has ended (signal SIGKILL)")
        assert await fetch_token(http, run.url(0)), "the other gateway goes on"
        await until(partial(serves, http, run.url(2)))
        assert run.child("signaling", 1).pid != killed.pid
        run.child("signaling").kill()
        assert "starts again in 0.5 s" in await run.until_said("gateway-1 has ended"), (
            "each counts for itself"
        )


async def test_what_serves_all_gateways_starts_again_and_strangers_meet(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run, aiohttp.ClientSession() as http:
        await run.until_said(READY)
        for name, process in (("nats", run.nats()), ("matcher", run.child("matcher"))):
            process.kill()
            await run.until_said(f"{name} has ended (signal SIGKILL)")
        run.child("reports").terminate()
        assert "starts again" in await run.until_said("reports has ended (status 0)")
        admin = json.loads((run.data / "run.json").read_text())["admin"]
        for name in ("matcher", "reports"):
            await until(partial(serves, http, f"{admin[name]}/readyz"), pause=0.1)
        async with guest(run.url(1)) as one, guest(run.url(2)) as other:
            await one.find("text")
            await other.find("text")
            assert (await one.meet())["match"] == (await other.meet())["match"]


async def serves(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == HTTPStatus.OK
    except aiohttp.ClientConnectionError:
        return False


async def test_what_dies_too_often_ends_everything_with_the_reason(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run:
        await run.until_said(READY)
        for pause in ("0.5", "1", "2", "4"):
            run.child("matcher").kill()
            assert f"starts again in {pause} s" in await run.until_said("matcher has ended (signal SIGKILL)")
            await until(partial(run.has, "matcher"))
        run.child("matcher").kill()
        assert await run.ended() == 1
        assert await run.left() == []
        assert run.process.stderr is not None
        reason = (await run.process.stderr.read()).decode()
        assert reason.startswith("zufall run: matcher has ended 5 times within 60 s, so all has stopped")


async def test_a_service_that_fails_at_its_start_ends_everything_with_the_reason(
    tmp_path: Path, port: int
) -> None:
    (tmp_path / "zufall.sqlite").write_text("no database" * 1000)
    async with running(tmp_path, port) as run:
        assert await run.ended() == 1
        assert "starts again" not in "".join(run.output)
        assert run.process.stderr is not None
        reason = (await run.process.stderr.read()).decode()
        assert "zufall run: reports did not start: it ended with status 1" in reason


async def test_ctrl_c_while_something_waits_to_start_again_leaves_nothing(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run:
        await run.until_said(READY)
        run.child("signaling").kill()
        await run.until_said("gateway-1 has ended")
        run.process.send_signal(signal.SIGINT)
        assert await run.ended() == 0
        assert await run.left() == []
        assert "".join(run.output).count("starts again") == 1, "what was stopped is not missed"


async def test_with_two_matchers_one_may_end(tmp_path: Path, port: int) -> None:
    async with running(tmp_path, port, "--matchers", "2") as run:
        await run.until_said(READY)
        found = json.loads((tmp_path / "run.json").read_text())
        assert len(found["matcher"].split(",")) == 2
        run.child("matcher", 1).kill()
        await run.until_said("matcher-2 has ended (signal SIGKILL)")
        for mode in ("video", "audio", "text"):
            async with guest(run.url(1)) as one, guest(run.url(2)) as other:
                await one.find(mode)
                await other.find(mode)
                assert (await one.meet())["match"] == (await other.meet())["match"]


@asynccontextmanager
async def guest(url: str) -> AsyncIterator[ManualVisitor]:
    """Open a socket as the page that the gateway at `url` serves."""
    async with opened(url, origin=url) as made:
        await made.hello()
        yield made


async def test_no_process_outlives_a_killed_run(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run:
        await run.until_said(READY)
        assert len(run.look()) >= 5
        run.process.kill()
        assert await run.ended() == -signal.SIGKILL
        assert await run.left(10) == []


async def test_ctrl_c_while_it_starts_leaves_nothing(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run:
        await run.until_said("matcher")
        run.process.send_signal(signal.SIGINT)
        assert await run.ended() == 0
        assert READY not in "".join(run.output)


async def test_one_folder_serves_one_run(tmp_path: Path, port: int) -> None:
    async with running(tmp_path / "data", port) as run:
        await run.until_said(READY)
        await is_refused(tmp_path / "data", free_ports_in_a_row(4), says="another `zufall run`")
        assert (tmp_path / "data" / "run.json").exists()


@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_a_taken_port_is_said(tmp_path: Path, port: int, taken: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + taken))
        other.listen()
        await is_refused(tmp_path / "data", port, says=f"port {port + taken} on 127.0.0.1")


async def test_a_folder_that_is_a_file_is_said(tmp_path: Path, port: int) -> None:
    (tmp_path / "data").write_text("mine")
    await is_refused(tmp_path / "data", port, says=f"{tmp_path / 'data'}")
    assert (tmp_path / "data").read_text() == "mine"


async def test_certificates_that_cannot_be_written_are_said(tmp_path: Path, port: int) -> None:
    (tmp_path / "certificates").touch()
    await is_refused(tmp_path, port, says="certificates cannot be written to (Not a directory)")


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, port: int) -> None:
    await is_refused(Path("/proc/zufall"), port, says="/proc/zufall cannot be written")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--gateways", "0"), "--gateways"),
        (("--gateways", "-1"), "--gateways"),
        (("--matchers", "0"), "--matchers"),
        (("--port", "70000"), "70000 is not a port"),
        (("--port", "-1"), "-1 is not a port"),
        (("--port", "65535"), "65536 is not a port"),
        (("--host", "256.1.1.1"), "256.1.1.1"),
        (("--origin", "zufall.example"), "'zufall.example' is not an origin"),
    ],
)
async def test_an_impossible_start_is_explained(
    tmp_path: Path, port: int, words: tuple[str, str], says: str
) -> None:
    await is_refused(tmp_path / "data", port, *words, says=says)


async def test_keys_that_somebody_spoilt_are_said(tmp_path: Path, port: int) -> None:
    (tmp_path / "secrets.env").write_text("ZUFALL_TOKEN_KEYS=short\n")
    await is_refused(tmp_path, port, says="secrets.env")
    assert (tmp_path / "secrets.env").read_text() == "ZUFALL_TOKEN_KEYS=short\n", "it is somebody's"


async def is_refused(data: Path, port: int, *words: str, says: str) -> None:
    """Check that the run is refused with one sentence, and starts no process."""
    async with running(data, port, *words) as run:
        assert run.process.stderr is not None
        async with asyncio.timeout(scaled(20)):
            complaint = (await run.process.stderr.read()).decode()
        assert await run.ended() == 1
        assert (complaint.count("\n"), complaint.startswith("zufall run: ")) == (1, True), complaint
        assert says in complaint
        assert run.output == []
