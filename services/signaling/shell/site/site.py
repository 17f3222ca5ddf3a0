"""The operator's site: its name, logo, colours, rules, links, advertisement and recogniser."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from services.contract.site_name import OUR_NAME, parse_name

from .colours import Colours, properties

MAX_LINKS = 6

RECOGNISER = "recogniser.js"
"""The script of a recogniser, among its other files."""

Links = tuple[tuple[str, str], ...]
"""Pairs of words and an address."""

_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it is served. `digest` changes with its content."""

    body: bytes
    media_type: str
    digest: str


class SiteRules(Struct, frozen=True):
    """The operator's rules: lines of plain text by language ("" for all others), and their version."""

    version: str
    texts: Mapping[str, Sequence[str]]


class SiteLink(Struct, frozen=True):
    """A link in the footer of the page."""

    text: str
    url: str


class SiteDescription(Struct, frozen=True):
    """The site as the page needs to know it.

    `logo` is its address, `colours` are custom properties of the style sheet without `--`, and `advertising`
    is the address of a page of another origin. `recogniser` is the address of a script that turns speech into
    text on the visitor's device.
    """

    name: str
    logo: str | None
    colours: Mapping[str, str]
    rules: SiteRules | None
    links: Sequence[SiteLink]
    advertising: str | None
    recogniser: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """The site as the operator configured it."""

    name: str = OUR_NAME
    logo: Logo | None = None
    colours: Colours = ()
    rules: SiteRules | None = None
    links: Links = ()
    advertising: str = ""
    recogniser: Path | None = None
    """The folder of a recogniser."""

    def description(self) -> SiteDescription:
        """Return what the page learns about the site."""
        return SiteDescription(
            self.name,
            f"/site/logo?{self.logo.digest}" if self.logo else None,
            properties(self.colours),
            self.rules,
            [SiteLink(text, url) for text, url in self.links],
            self.advertising or None,
            f"/site/recogniser/{RECOGNISER}" if self.recogniser else None,
        )


def parse_links(text: str) -> Links:
    """Parse `Imprint=https://…,Privacy=https://…`. Raises `ValueError` with every problem."""
    links, problems = [], []
    for part in filter(None, (part.strip() for part in text.split(","))):
        words, _, url = (word.strip() for word in part.partition("="))
        try:
            links.append((parse_name(words), parse_url(url)))
        except ValueError as error:
            problems.append(f"{part!r}: {error}")
    if len(links) > MAX_LINKS:
        problems.append(f"{len(links)} links are more than {MAX_LINKS}")
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(links)


def parse_url(text: str) -> str:
    """Check an https address, or an http address of this machine. Raises `ValueError`."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is not an address: percent-encode characters outside ASCII")
    parts = urlsplit(text)
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or not _HOST.fullmatch(host):
        raise ValueError(f"{text!r} is not an address such as https://ads.example/frame.html")
    origin_of(text)  # raises if the port is not a number
    if parts.scheme != "https" and not (parts.scheme == "http" and _LOOPBACK.fullmatch(host)):
        raise ValueError(f"{text!r} must begin with https:// (http:// is only for addresses of this machine)")
    return text


def origin_of(url: str) -> str:
    """Return the origin as browsers write it: in lower case, without the default port of the scheme."""
    parts = urlsplit(url)
    implied = parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}" + ("" if implied else f":{parts.port}")
