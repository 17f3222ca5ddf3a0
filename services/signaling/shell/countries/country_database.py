"""Countries from a file in MaxMind's format (.mmdb), mapped into memory that processes share."""

from itertools import islice
from pathlib import Path

import maxminddb
from maxminddb import MODE_MMAP_EXT, InvalidDatabaseError

from services.runtime.logs import logger

from .country_records import country_of, public_address

_SAMPLE = 1000
"""Records that are searched for a first country."""


class CountryDatabase:
    """An open database of countries. Raises `OSError` or `InvalidDatabaseError` if it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._reader = maxminddb.open_database(path, MODE_MMAP_EXT)
        self._versions = (4, 6) if self._reader.metadata().ip_version == 6 else (4,)

    def country(self, address: str) -> str:
        """Return the ISO 3166-1 alpha-2 code, or "" where it is unknown, as for a private address."""
        parsed = public_address(address)
        if parsed is None or parsed.version not in self._versions:
            return ""
        try:
            return country_of(self._reader.get(parsed))
        except InvalidDatabaseError:  # the file was damaged after the start, which turns no visitor away
            logger().warning("the database of countries is damaged")
            return ""

    @property
    def has_countries(self) -> bool:
        """Whether this is a database of countries and not of something else."""
        return any(country_of(record) for _, record in islice(iter(self._reader), _SAMPLE))


def open_countries(path: str) -> CountryDatabase:
    """Open the database at `path`. Raises `ValueError`."""
    try:
        database = CountryDatabase(Path(path))
        if database.has_countries:
            return database
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error})") from None
    except InvalidDatabaseError:
        raise ValueError(f"{path} is not a valid .mmdb database") from None
    raise ValueError(f"{path} has no countries in it")
