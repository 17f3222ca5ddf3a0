"""Runs axe-core on a page in its present state."""

from functools import cache
from pathlib import Path
from typing import Any

from .web_driver import AnyPage

_SOURCE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@cache
def _source() -> str:
    return _SOURCE.read_text().rstrip().removesuffix(";")  # so that it is an expression


async def violations(page: AnyPage, *only: str) -> list[str]:
    """Return a line for each element that breaks a rule of WCAG 2.2 AA or good practice, or one of `only`."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_source())
    run_only = {"type": "rule", "values": only} if only else {"type": "tag", "values": _TAGS}
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    found: dict[str, Any] = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
