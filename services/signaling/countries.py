"""The country of a visitor, from their address. The address itself goes no further than this gateway."""

import ipaddress
from typing import Protocol

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NO_COUNTRIES = frozenset(("AP", "EU", "XX", "ZZ"))
"""What registries and databases write where a country would stand: regions, and nobody knows."""


class Countries(Protocol):
    """Knows where addresses are used."""

    def country(self, address: str) -> str:
        """ISO 3166-1 alpha-2, empty when unknown: private addresses, and text that is none at all."""


class NoCountries:
    """An installation without a database: every country is unknown."""

    def country(self, address: str) -> str:
        return ""


def public_address(text: str) -> Address | None:
    """The address in `text`, if it is one that the internet routes; IPv4 in the clothes of IPv6 is IPv4."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed if parsed.is_global else None


def country_of(record: object) -> str:
    """The country in a record of a database, in either of the two common layouts; empty when it has none."""
    match record:
        case {"country_code": str(code)} | {"country": {"iso_code": str(code)}}:
            known = len(code) == 2 and code.isascii() and code.isalpha()
            return code.upper() if known and code.upper() not in _NO_COUNTRIES else ""
        case _:
            return ""
