"""An update replaces one service after another, never leaves visitors without a gateway, and can go back."""

import pytest

from deploy.box.installation import Unusable
from deploy.box.update import GATEWAYS, ORDER, replace_services


class FakeContainers:
    """Services that start, but for those of a version that is `broken`; `ill` ones run without serving."""

    def __init__(self, *, ill: str = "", broken: tuple[str, str] = ("", "")) -> None:
        self.images = dict.fromkeys(ORDER, "old")
        self.log: list[tuple[str, str]] = []
        self._healthy = {service: service != ill for service in ORDER}
        self._broken = broken

    def is_healthy(self, service: str, image: str) -> bool:
        return self._healthy[service]

    def replace(self, service: str, image: str) -> bool:
        other = next((one for one in GATEWAYS if one != service), "")
        if service in GATEWAYS and self._healthy[service]:
            assert self._healthy[other], "visitors would have no gateway"
        self.log.append((service, image))
        self.images[service] = image
        self._healthy[service] = (service, image) != self._broken
        return self._healthy[service]


def quiet(_: str) -> None:
    """Say nothing."""


def test_services_go_before_those_that_call_them() -> None:
    containers = FakeContainers()
    replace_services(containers, "new", "old", quiet)
    assert containers.log == [(service, "new") for service in ORDER]
    assert ORDER.index("reports") < ORDER.index("gateway-1")
    assert ORDER.index("matcher") < ORDER.index("gateway-1")


@pytest.mark.parametrize("ill", GATEWAYS)
def test_a_gateway_that_does_not_serve_goes_first(ill: str) -> None:
    containers = FakeContainers(ill=ill)
    replace_services(containers, "new", "old", quiet)
    assert set(containers.images.values()) == {"new"}
    assert next(service for service, _ in containers.log if service in GATEWAYS) == ill


@pytest.mark.parametrize("broken", ORDER)
def test_what_does_not_start_brings_everything_back(broken: str) -> None:
    containers = FakeContainers(broken=(broken, "new"))
    with pytest.raises(Unusable, match=broken):
        replace_services(containers, "new", "old", quiet)
    assert set(containers.images.values()) == {"old"}
    assert all(containers.is_healthy(service, "old") for service in ORDER)


def test_the_only_gateway_that_serves_is_not_stopped() -> None:
    class Falling(FakeContainers):
        """The first gateway says that it is healthy when it starts, and fails right afterwards."""

        def replace(self, service: str, image: str) -> bool:
            started = super().replace(service, image)
            if (service, image) == ("gateway-1", "new"):
                self._healthy[service] = False
            return started

    containers = Falling()
    with pytest.raises(Unusable, match="gateway-2 is the only gateway that serves"):
        replace_services(containers, "new", "old", quiet)
    assert set(containers.images.values()) == {"old"}
