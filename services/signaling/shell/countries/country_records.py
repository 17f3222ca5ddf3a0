"""Reads the country from a database record, and tells which addresses are public."""

from services.contract import addresses
from services.contract.addresses import IpAddress

_NO_COUNTRIES = frozenset(("AP", "EU", "XX", "ZZ"))
"""Codes of regions and of unknown countries, which registries and databases use like countries."""


def public_address(text: str) -> IpAddress | None:
    """Return the address in `text` if the internet routes it, else None."""
    address = addresses.parse_ip(text)
    return address if address and address.is_global else None


def country_of(record: object) -> str:
    """Return the country of a record in either of the two common layouts, or ""."""
    match record:
        case {"country_code": str(code)} | {"country": {"iso_code": str(code)}}:
            known = len(code) == 2 and code.isascii() and code.isalpha()
            return code.upper() if known and code.upper() not in _NO_COUNTRIES else ""
        case _:
            return ""
