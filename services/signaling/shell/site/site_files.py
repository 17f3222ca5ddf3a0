"""Reads the files of the operator: a logo, rules in several languages, and a recogniser."""

import hashlib
import re
from pathlib import Path

from .site import RECOGNISER, Logo, SiteRules

LOGO_BYTES = 64 * 1024
RULES_BYTES = 16 * 1024
"""The limit for all languages together. Every page loads them before it starts."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SVG = re.compile(r"\s*(<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<svg[\s>]", re.DOTALL)
_NAMESPACE = re.compile(r"""xmlns=["']http://www\.w3\.org/2000/svg["']""")


def read_logo(path: str) -> Logo:
    """Read the logo at `path`. Raises `ValueError`."""
    return read_picture(path, LOGO_BYTES)


def read_picture(path: str, most: int) -> Logo:
    """Read the picture at `path`, of at most that many bytes. Raises `ValueError`."""
    body = _read(Path(path), most)
    return Logo(body, _media_type(path, body), _digest(body))


def read_rules(path: str) -> SiteRules:
    """Read the file at `path`, or `rules.txt` in that folder, and its translations, such as `rules.de.txt`.

    Raises `ValueError`.
    """
    main = Path(path) / "rules.txt" if Path(path).is_dir() else Path(path)
    texts = {"": _lines(main)}
    for other in sorted(main.parent.glob(f"{main.stem}.*{main.suffix}")):
        language = other.name[len(main.stem) + 1 : len(other.name) - len(main.suffix)]
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{other}: {language!r} is not a language such as de")
        texts[language] = _lines(other)
    whole = repr(sorted(texts.items())).encode()
    if len(whole) > RULES_BYTES:
        raise ValueError(f"{path}: the rules of all languages have more than {RULES_BYTES} bytes")
    return SiteRules(_digest(whole), texts)


def find_recogniser(path: str) -> Path:
    """Return the folder at `path`, which has a `recogniser.js`. Raises `ValueError`."""
    if not (Path(path) / RECOGNISER).is_file():
        raise ValueError(f"{path} has no {RECOGNISER}")
    return Path(path)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error})") from None
    if len(body) > most:
        raise ValueError(f"{path} has more than {most} bytes")
    return body


def _lines(path: Path) -> list[str]:
    """Return the lines that are not blank. Raises `ValueError`."""
    try:
        text = _read(path, RULES_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8") from None
    lines = [line.strip() for line in text.replace("\t", " ").splitlines() if line.strip()]
    if not lines:
        raise ValueError(f"{path} says nothing")
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for line in lines for character in line):
        raise ValueError(f"{path} is not plain text: there are control characters in it")
    return lines


def _media_type(path: str, body: bytes) -> str:
    """Tell the media type from the content, whatever the name of the file. Raises `ValueError`."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    text = body.decode("utf-8-sig", "replace")
    if not _SVG.match(text):
        raise ValueError(f"{path} is neither SVG nor PNG nor WebP")
    if not _NAMESPACE.search(text):
        raise ValueError(f'{path}: browsers draw an SVG only with xmlns="http://www.w3.org/2000/svg"')
    return "image/svg+xml"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]
