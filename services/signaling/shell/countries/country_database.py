"""Countries from a file in MaxMind's format (.mmdb), mapped into memory: processes share its pages."""

from itertools import islice
from pathlib import Path

import maxminddb
from maxminddb import MODE_MMAP_EXT, InvalidDatabaseError

from services.runtime.logs import logger

from .country_lookup import CountryLookup, NoCountryLookup, country_of, public_address

_RECORDS = 1000
"""How many records are looked at for the first country in them."""


class CountryDatabase:
    """An open database; raises `OSError` or `InvalidDatabaseError` when it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._reader = maxminddb.open_database(path, MODE_MMAP_EXT)
        self._versions = (4, 6) if self._reader.metadata().ip_version == 6 else (4,)

    def country(self, address: str) -> str:
        parsed = public_address(address)
        if parsed is None or parsed.version not in self._versions:
            return ""
        try:
            return country_of(self._reader.get(parsed))
        except InvalidDatabaseError:  # where nobody looked; its visitors are welcome all the same
            logger().warning("the database of countries is damaged")
            return ""

    @property
    def has_countries(self) -> bool:
        """Whether this is a database of countries, and not one of something else."""
        return any(country_of(record) for _, record in islice(iter(self._reader), _RECORDS))


def open_countries(path: str) -> CountryLookup:
    """The database at `path`, or one that knows no country if there is no path; raises `ValueError`."""
    if not path:
        return NoCountryLookup()
    try:
        file = CountryDatabase(Path(path))
        if file.has_countries:
            return file
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error})") from None
    except InvalidDatabaseError:
        raise ValueError(f"{path} is no sound .mmdb database") from None
    raise ValueError(f"{path} has no countries in it")


def checked(path: str) -> str:
    """`path` if there is a database of countries; raises `ValueError`. For use as a config parser."""
    open_countries(path)
    return path
