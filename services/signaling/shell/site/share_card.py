"""What programs that show a link read of a page: its title, its sentence and a picture (Open Graph)."""

import html
import re
from collections.abc import Collection

from aiohttp import web
from msgspec import Struct

PICTURE = "/share.png"
"""The picture of every page that has none of its own, 1200×630. It shows our mark and no word."""

_TITLE = re.compile(r"<title>[^<]*</title>")
_DESCRIPTION = re.compile(r'(<meta name="description" content=")([^"]*)(" ?/?>)')


class ShareCard(Struct, frozen=True):
    """What is shown of a link. `path` and `picture` are paths at our own origin."""

    site: str
    title: str
    text: str
    path: str
    picture: str = PICTURE


def own_origin(request: web.Request, origins: Collection[str]) -> str:
    """Return our origin by which the caller reached us, or the first if the request names another."""
    return next((one for one in origins if one.partition("://")[2] == request.host), min(origins))


def description_of(page: str) -> str:
    """Return the sentence in the head of a page."""
    found = _DESCRIPTION.search(page)
    return html.unescape(found[2]) if found else ""


def with_card(page: str, card: ShareCard, origin: str) -> str:
    """Return the HTML with this title and sentence, and with the tags of the card."""
    title, text = html.escape(card.title), html.escape(card.text)
    page = _TITLE.sub(lambda _: f"<title>{title}</title>", page, count=1)
    page = _DESCRIPTION.sub(lambda found: f"{found[1]}{text}{found[3]}", page, count=1)
    return page.replace("</head>", f"{_tags(card, title, text, origin)}</head>", 1)


def _tags(card: ShareCard, title: str, text: str, origin: str) -> str:
    properties = {
        "og:type": "website",
        "og:site_name": html.escape(card.site),
        "og:title": title,
        "og:description": text,
        "og:url": html.escape(origin + card.path),
        "og:image": html.escape(origin + card.picture),
    }
    tags = [f'<meta property="{name}" content="{value}" />' for name, value in properties.items()]
    return "".join([*tags, '<meta name="twitter:card" content="summary_large_image" />'])
