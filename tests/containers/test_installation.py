"""The main job works on containers: two gateways, matcher, reports, NATS and PostgreSQL."""

import asyncio

import asyncpg
import pytest

from ..timing import scaled
from ..visitor import visitor
from .conftest import ContainerInstallation, service, url_of
from .conversation import two_strangers_meet

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1200)]  # the first test builds the image


async def test_two_strangers_meet_across_gateways(installation: ContainerInstallation) -> None:
    report = await two_strangers_meet(*installation.urls)

    database = await asyncpg.connect(installation.postgres.get_connection_url())
    try:
        filed = await database.fetch(
            "SELECT e.media_type, e.width, e.height FROM reports r JOIN evidence e ON e.report = r.id"
            " WHERE r.id = $1",
            report,
        )
    finally:
        await database.close()
    assert [tuple(row) for row in filed] == [("image/jpeg", 64, 48)]


def test_a_moderator_sees_the_reports(installation: ContainerInstallation) -> None:
    report = asyncio.run(two_strangers_meet(*installation.urls))
    listed = installation.reports.exec(["zufall", "reports", "list"])
    assert listed.exit_code == 0, listed.output
    assert report in (listed.output or b"").decode()


@pytest.mark.parametrize("command", ["signaling", "matcher", "reports"])
def test_a_service_ends_when_asked(image: str, installation: ContainerInstallation, command: str) -> None:
    with service(image, command, installation.network) as started:
        container = started.get_wrapped_container()
        container.stop(timeout=int(scaled(30)))
        assert container.wait()["StatusCode"] == 0, started.get_logs()


async def test_an_ending_gateway_sends_its_visitors_elsewhere(
    image: str, installation: ContainerInstallation
) -> None:
    with service(image, "signaling", installation.network) as gateway:
        async with visitor(url_of(gateway)) as one:
            stop = asyncio.to_thread(gateway.get_wrapped_container().stop, timeout=int(scaled(30)))
            _, close_code = await asyncio.gather(stop, one.close_code())
            assert close_code == 1012
