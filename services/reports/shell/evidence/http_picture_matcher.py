"""A service of the operator's that recognizes pictures, also changed ones, and says which list knows them."""

from typing import Annotated

import aiohttp
import msgspec

from services.contract.errors import Unavailable

from ...core.records import AnalysisTask

SECONDS = 10.0
_LONGEST_ANSWER = 4096


class _Answer(msgspec.Struct, frozen=True):
    """Of a matcher: the name of a list, or "" if none knows the picture."""

    known: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]{0,64}\Z")]


class HttpPictureMatcher:
    """Implements the port `KnownPictures`: asks `url` about each picture, with the picture itself."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = url
        self._limit = aiohttp.ClientTimeout(seconds)

    async def list_of(self, picture: AnalysisTask) -> str:
        headers = {
            "Content-Type": "image/jpeg",
            "Zufall-Sha256": picture.sha256.hex(),
            "Zufall-Original-Sha256": picture.original_sha256.hex(),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=self._limit) as session,
                session.post(
                    self._url, data=picture.content, headers=headers, allow_redirects=False
                ) as answer,
            ):
                if answer.status != 200:
                    raise Unavailable(f"the matcher of known pictures answers {answer.status}")
                content = await _read(answer.content)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("the matcher of known pictures does not answer") from error
        return _parsed(content)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """Raises `Unavailable` when it is more than an answer has."""
    read = b""
    async for chunk in content.iter_any():
        read += chunk
        if len(read) > _LONGEST_ANSWER:
            raise Unavailable("the matcher of known pictures answers too much")
    return read


def _parsed(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Answer).known
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unavailable("the matcher of known pictures does not answer as it should") from error
