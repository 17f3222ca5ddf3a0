"""Asks an operator's service which list knows a picture. It may recognize changed pictures too."""

from typing import Annotated

import aiohttp
import msgspec

from services.contract.errors import Unavailable

from ...core.records import AnalysisTask

_MAX_ANSWER_BYTES = 4096


class _Answer(msgspec.Struct, frozen=True):
    """The answer of a matcher: the name of a list, or "" if none has the picture."""

    known: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]{0,64}\Z")]


class HttpPictureMatcher:
    """Implements the port `KnownPictures`: posts each picture to `url`."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(timeout)

    async def list_of(self, task: AnalysisTask) -> str:
        headers = {
            "Content-Type": "image/jpeg",
            "Zufall-Sha256": task.sha256.hex(),
            "Zufall-Original-Sha256": task.original_sha256.hex(),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(self._url, data=task.content, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise Unavailable(f"the matcher of known pictures answers {answer.status}")
                content = await _read(answer.content)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("the matcher of known pictures does not answer") from error
        return parse_answer(content)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """Read an answer; raises `Unavailable` when it is too long."""
    read = b""
    async for chunk in content.iter_any():
        read += chunk
        if len(read) > _MAX_ANSWER_BYTES:
            raise Unavailable("the matcher of known pictures sends too long an answer")
    return read


def parse_answer(content: bytes) -> str:
    """Return the name of the list that knows the picture, or "" if none does; raise `Unavailable`."""
    try:
        return msgspec.json.decode(content, type=_Answer).known
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unavailable("the matcher of known pictures sends an answer that is not understood") from error
