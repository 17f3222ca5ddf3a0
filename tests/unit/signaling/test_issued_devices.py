"""A gateway names the device of a visitor about whom a decision names none."""

import asyncio

import pytest

from services.contract.errors import Unavailable
from services.contract.ids import VisitorId
from services.contract.tokens import LIFETIME
from services.signaling.shell.issued_devices import IssuedDevices

from ...timing import until

VISITOR, OTHER = VisitorId("visitor"), VisitorId("other")


class DeviceRecorder:
    """Stands for the reports service, which is away for as long as `away` is set."""

    def __init__(self) -> None:
        self.named: list[tuple[VisitorId, int]] = []
        self.away = False

    async def name_device(self, visitor: VisitorId, device: int) -> None:
        self.named.append((visitor, device))
        if self.away:
            raise Unavailable("the reports service is away")


@pytest.fixture
def reports() -> DeviceRecorder:
    return DeviceRecorder()


@pytest.fixture
def devices(reports: DeviceRecorder) -> IssuedDevices:
    return IssuedDevices(reports.name_device)


async def test_only_what_this_gateway_knows_and_the_decision_does_not_is_named(
    reports: DeviceRecorder, devices: IssuedDevices
) -> None:
    devices.record(VISITOR, 7, 0.0)
    devices.record(OTHER, 0, 0.0)
    devices.on_decision(OTHER, 0)
    devices.on_decision(VISITOR, 7)
    devices.on_decision(VISITOR, 0)
    task = asyncio.create_task(devices.run())
    await until(lambda: bool(reports.named))
    assert reports.named == [(VISITOR, 7)]
    reports.away = True
    devices.on_decision(VISITOR, 0)
    await until(lambda: len(reports.named) == 2)
    reports.away = False
    devices.on_decision(VISITOR, 0)
    await until(lambda: len(reports.named) == 3)
    task.cancel()


async def test_a_device_is_forgotten_with_the_token(reports: DeviceRecorder, devices: IssuedDevices) -> None:
    devices.record(VISITOR, 7, 0.0)
    devices.record(OTHER, 8, LIFETIME + 1.0)
    devices.on_decision(VISITOR, 0)
    devices.on_decision(OTHER, 0)
    task = asyncio.create_task(devices.run())
    await until(lambda: bool(reports.named))
    assert reports.named == [(OTHER, 8)]
    task.cancel()
