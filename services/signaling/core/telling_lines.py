"""Which lines of chat say something about who says them to everybody: long ones, and those with a link."""

import re
import unicodedata
from hashlib import blake2b

from msgspec import Struct

LONG_LINE = 40
"""Letters from which a line is long. Two people seldom make up the same one, and everybody says "hi"."""

LOOKED_AT = 400
"""Characters of a line that are looked at, from its beginning, so that a long one takes little time."""

_WORDS = re.compile(r"[^\W\d_]+")
_END_OF_HOST = re.compile(
    r"\.(?<=\w\.)(?:[a-z]{2,24}/\w"
    r"|(?:com|net|org|info|biz|xyz|top|site|online|store|live|club|link|click|app|cam)(?!\w))"
)
"""The end of a host's name. A full stop without a blank after it, as in "ok.bye", is none."""


class TellingLine(Struct, frozen=True, gc=False):
    """A digest of the letters of a line, and whether it has a link."""

    digest: bytes
    link: bool


def telling_line(text: str, key: bytes) -> TellingLine | None:
    """Return the line if it is long or has a link, and None for all others, which are most.

    Without the `key` nobody can try out which text has a digest. Case, width, blanks, digits, marks, emoji
    and what comes after the beginning change nothing.
    """
    text = text[:LOOKED_AT]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if len(text) < LONG_LINE and "." not in text and "://" not in text:
        return None  # most lines, so this is quick
    folded = text.casefold()
    letters = "".join(_WORDS.findall(folded))
    link = "://" in folded or "www." in folded or _END_OF_HOST.search(folded) is not None
    if not link and len(letters) < LONG_LINE:
        return None
    return TellingLine(blake2b(letters.encode(), digest_size=8, key=key).digest(), link)
