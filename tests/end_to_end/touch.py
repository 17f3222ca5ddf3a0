"""Touches a page with several fingers at once, as a browser reports them."""

import time
from typing import Self

from playwright.async_api import CDPSession, Page

Point = tuple[float, float]
"""A place on the page, in CSS pixels from its left and its top."""

_STEPS = 10
_STEP_SECONDS = 0.02
"""The page is told this time, however busy the machine is."""


class Hand:
    """The fingers of one hand on the screen."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    @classmethod
    async def over(cls, page: Page) -> Self:
        return cls(await page.context.new_cdp_session(page))

    async def draw(self, start: list[Point], end: list[Point]) -> None:
        """Put fingers down at `start`, draw each in a straight line to its place in `end`, and lift them."""
        begun = time.time()
        await self._touch("touchStart", start, begun)
        for step in range(1, _STEPS + 1):
            part = step / _STEPS
            pairs = zip(start, end, strict=True)
            await self._touch(
                "touchMove",
                [(x + (to_x - x) * part, y + (to_y - y) * part) for (x, y), (to_x, to_y) in pairs],
                begun + step * _STEP_SECONDS,
            )
        await self._touch("touchEnd", [], begun + _STEPS * _STEP_SECONDS)

    async def _touch(self, kind: str, fingers: list[Point], at: float) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        await self._session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": at}
        )
