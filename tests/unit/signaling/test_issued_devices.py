"""A gateway names the device of a visitor about whom a decision names none."""

from services.contract.ids import VisitorId
from services.contract.tokens import LIFETIME
from services.signaling.shell.issued_devices import IssuedDevices, VisitorDevice

VISITOR, OTHER = VisitorId("visitor"), VisitorId("other")


def test_only_what_this_gateway_knows_and_the_decision_does_not_is_named() -> None:
    named: list[VisitorDevice] = []
    devices = IssuedDevices(named.append)
    devices.record(VISITOR, 7, 0.0)
    devices.record(OTHER, 0, 0.0)
    devices.on_decision(OTHER, 0)
    devices.on_decision(VISITOR, 7)
    assert named == []
    devices.on_decision(VISITOR, 0)
    assert named == [VisitorDevice(VISITOR, 7)]


def test_the_name_of_the_newest_token_counts() -> None:
    """A device gets another name when the token keys are rotated."""
    named: list[VisitorDevice] = []
    devices = IssuedDevices(named.append)
    devices.record(VISITOR, 7, 0.0)
    devices.record(VISITOR, 8, 1.0)
    devices.on_decision(VISITOR, 0)
    assert named == [VisitorDevice(VISITOR, 8)]


def test_a_device_is_forgotten_with_the_token() -> None:
    named: list[VisitorDevice] = []
    devices = IssuedDevices(named.append)
    devices.record(VISITOR, 7, 0.0)
    devices.record(OTHER, 8, LIFETIME + 1.0)
    devices.on_decision(VISITOR, 0)
    devices.on_decision(OTHER, 0)
    assert named == [VisitorDevice(OTHER, 8)]
