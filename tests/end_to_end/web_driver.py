"""Drives a browser that Playwright does not know, by W3C WebDriver (https://www.w3.org/TR/webdriver2/)."""

from functools import partial
from typing import Any, Protocol

from aiohttp import ClientSession, ClientTimeout
from playwright.async_api import ViewportSize

from ..timing import scaled, until

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The name under which a driver says which element it has found."""
_SIZE = "[innerWidth, innerHeight]"


class AnyPage(Protocol):
    """What a check needs of a page, whether Playwright or a WebDriver drives it."""

    async def set_viewport_size(self, viewport_size: ViewportSize) -> None: ...

    async def evaluate(self, expression: str, arg: Any = None) -> Any: ...


class WebDriverError(Exception):
    """The driver refused a command, or the script that it ran has failed."""


class DrivenPage:
    """The only page of a browser. `evaluate` and `set_viewport_size` are those of Playwright's pages."""

    def __init__(self, http: ClientSession, session: str) -> None:
        self._http = http
        self._session = session

    @classmethod
    async def open(cls, http: ClientSession, driver: str, capabilities: dict[str, Any]) -> "DrivenPage":
        """Start a browser with a storage of its own. `driver` is the address of a driver that runs none."""
        wanted = {"capabilities": {"alwaysMatch": capabilities}}
        answer = await _command(http, "POST", f"{driver}/session", wanted)
        return cls(http, f"{driver}/session/{answer['sessionId']}")

    async def close(self) -> None:
        """End the browser."""
        await _command(self._http, "DELETE", self._session)

    async def goto(self, url: str) -> None:
        await self._post("url", url=url)

    async def reload(self) -> None:
        await self._post("refresh")

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """Return the value of `expression`, or what it returns if it is a function. Wait for promises."""
        call = f"const it = ({expression}); return typeof it === 'function' ? it(arguments[0]) : it;"
        return await self._post("execute/sync", script=call, args=[arg])

    async def click(self, selector: str) -> None:
        """Click into the middle of an element, or fail if something covers it."""
        await self._post(f"element/{await self._find(selector)}/click")

    async def type(self, selector: str, text: str) -> None:
        """Focus an element, and press the keys for `text`."""
        await self._post(f"element/{await self._find(selector)}/value", text=text)

    async def set_viewport_size(self, viewport_size: ViewportSize) -> None:
        """Resize the window, and wait until the page has this size."""
        wanted = [viewport_size["width"], viewport_size["height"]]
        inner, outer = await self.evaluate("[[innerWidth, innerHeight], [outerWidth, outerHeight]]")
        width, height = (size + out - within for size, out, within in zip(wanted, outer, inner, strict=True))
        await self._post("window/rect", width=width, height=height)
        await until(partial(self._has_size, wanted))

    async def _has_size(self, wanted: list[int]) -> bool:
        return bool(await self.evaluate(_SIZE) == wanted)

    async def _find(self, selector: str) -> str:
        found = await self._post("element", using="css selector", value=selector)
        return str(found[_ELEMENT])

    async def _post(self, command: str, **parameters: Any) -> Any:
        return await _command(self._http, "POST", f"{self._session}/{command}", parameters)


async def _command(http: ClientSession, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    async with http.request(method, url, json=body, timeout=ClientTimeout(scaled(30))) as answer:
        value = (await answer.json())["value"]
    if not answer.ok:
        raise WebDriverError(f"{value['error']}: {value['message']}")
    return value
