"""Replaces the services of a running installation one after another, so that no call ends."""

from collections.abc import Callable
from typing import Protocol

from .compose import say
from .installation import Unusable

GATEWAYS = ("gateway-1", "gateway-2")
ORDER = ("reports", "matcher", *GATEWAYS, "backups")
"""Gateways come after the services that they call: a newer service answers an older gateway."""


class Containers(Protocol):
    """What an update needs of `Compose`."""

    def is_healthy(self, service: str, image: str) -> bool: ...

    def replace(self, service: str, image: str) -> bool: ...


def replace_services(containers: Containers, new: str, old: str, say: Callable[[str], None] = say) -> None:
    """Bring every service to the image `new`. If one does not start, go back and raise `Unusable`.

    A gateway that serves is not stopped while the other one does not. One that does not serve goes first.
    """
    replaced: list[str] = []
    for service in _in_order(containers, old):
        if service in GATEWAYS and _would_leave_none(containers, service, old):
            _go_back(containers, replaced, old, say)
            raise Unusable(f"{service} is the only gateway that serves, so it was not replaced")
        say(f"bringing {service} up to date")
        replaced.append(service)
        if not containers.replace(service, new):
            say(f"{service} does not become healthy with {new}, going back to {old}")
            _go_back(containers, replaced, old, say)
            raise Unusable(f"{service} does not start with the new version; see `./zufall logs {service}`")


def _in_order(containers: Containers, image: str) -> list[str]:
    first, second = GATEWAYS
    if containers.is_healthy(first, image) and not containers.is_healthy(second, image):
        first, second = second, first
    return [{GATEWAYS[0]: first, GATEWAYS[1]: second}.get(service, service) for service in ORDER]


def _would_leave_none(containers: Containers, gateway: str, image: str) -> bool:
    (other,) = set(GATEWAYS) - {gateway}
    return containers.is_healthy(gateway, image) and not containers.is_healthy(other, image)


def _go_back(containers: Containers, replaced: list[str], old: str, say: Callable[[str], None]) -> None:
    """Replace in the other direction, what was replaced last first."""
    for service in reversed(replaced):
        say(f"bringing back {service}")
        if not containers.replace(service, old):
            say(f"{service} does not start with {old} either; see `./zufall logs {service}`")
