"""Which lines of chat say something about who says them to everybody: long ones, and those with a link."""

import re
import unicodedata
from hashlib import blake2b

from msgspec import Struct

LONG_LINE = 40
"""Letters from which a line is long. Two people seldom make up the same one, and everybody says "hi"."""

_LINK = re.compile(
    r"https?://|(?<!\w)www\.\w|(?<=\w)\.[a-z]{2,24}/\w"
    r"|(?<=\w)\.(?:com|net|org|info|biz|xyz|top|site|online|store|live|club|link|click|app|cam)(?!\w)"
)
"""A web address. A full stop without a blank after it, as in "ok.bye", is none. It takes linear time."""


class TellingLine(Struct, frozen=True, gc=False):
    """A digest of the letters of a line, and whether it has a link."""

    digest: bytes
    link: bool


def telling_line(text: str, key: bytes) -> TellingLine | None:
    """Return the line if it is long or has a link, and None for all others, which are most.

    Without the `key` nobody can try out which text has a digest. Case, width, blanks, digits, marks and emoji
    change nothing.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if len(text) < LONG_LINE and "." not in text and "://" not in text:
        return None
    folded = text.casefold()
    letters = "".join(filter(str.isalpha, folded))
    link = _LINK.search(folded) is not None
    if not link and len(letters) < LONG_LINE:
        return None
    return TellingLine(blake2b(letters.encode(), digest_size=8, key=key).digest(), link)
