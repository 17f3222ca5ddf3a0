"""The admin port: the process lives, can serve or says why not, and counts."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from services.runtime.admin import AdminServer
from tests.servers import free_port


class FakeService:
    """An admin server whose problems can be changed."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.address = f"127.0.0.1:{free_port()}"
        self.admin = AdminServer(self.address, lambda: self.problems)

    async def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        url = f"http://{self.address}{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def service() -> AsyncIterator[FakeService]:
    made = FakeService()
    await made.admin.start()
    yield made
    await made.admin.stop()


async def test_ready_or_why_not(service: FakeService) -> None:
    assert await service.get("/readyz") == (200, "ok\n")
    service.problems = ["NATS is away", "no matcher answers"]
    assert await service.get("/readyz") == (503, "NATS is away\nno matcher answers\n")
    assert await service.get("/livez") == (200, "ok\n"), "it lives, whatever it waits for"
    service.problems = []
    assert await service.get("/readyz") == (200, "ok\n")


async def test_metrics_are_those_of_prometheus(service: FakeService) -> None:
    status, text = await service.get("/metrics")
    assert status == 200
    assert "# TYPE python_info gauge" in text


async def test_other_paths_and_methods_are_refused(service: FakeService) -> None:
    assert (await service.get("/"))[0] == 404
    assert (await service.get("/livez", "POST"))[0] == 405


async def test_a_taken_port_is_an_error(service: FakeService) -> None:
    second = AdminServer(service.address, list)
    with pytest.raises(OSError, match="another process uses this port"):
        await second.start()
    await second.stop()
