"""The country of a visitor, from their address. The address itself goes no further than this gateway."""

from typing import Protocol

from services.contract import addresses
from services.contract.addresses import IpAddress

_NO_COUNTRIES = frozenset(("AP", "EU", "XX", "ZZ"))
"""What registries and databases write where a country would stand: regions, and nobody knows."""


class CountryLookup(Protocol):
    """Knows where addresses are used."""

    def country(self, address: str) -> str:
        """ISO 3166-1 alpha-2, empty when unknown: private addresses, and text that is none at all."""


class NoCountryLookup:
    """An installation without a database: every country is unknown."""

    def country(self, address: str) -> str:
        return ""


def public_address(text: str) -> IpAddress | None:
    """The address in `text`, if it is one that the internet routes."""
    address = addresses.parse_ip(text)
    return address if address and address.is_global else None


def country_of(record: object) -> str:
    """The country in a record of a database, in either of the two common layouts; empty when it has none."""
    match record:
        case {"country_code": str(code)} | {"country": {"iso_code": str(code)}}:
            known = len(code) == 2 and code.isascii() and code.isalpha()
            return code.upper() if known and code.upper() not in _NO_COUNTRIES else ""
        case _:
            return ""
