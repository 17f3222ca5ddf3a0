"""`docs/operations.md` names every setting with its default, and none that does not exist."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from services.matcher.config import Config as Matcher
from services.reports.config import Config as Reports
from services.runtime.config import PREFIX
from services.signaling.config import Config as Gateway

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def documented(section: str) -> dict[str, str]:
    """Return the variables in the table under the heading `section`, with their documented defaults."""
    table = PAGE.partition(f"### {section}\n")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\|", table, re.MULTILINE))


def shown(default: Any) -> str:
    if default is None:
        return ""
    if default is dataclasses.MISSING:
        return "required"
    if isinstance(default, bool):
        return f"`{'on' if default else 'off'}`"
    if isinstance(default, tuple):
        default = ",".join(map(shown, default)).replace("`", "")
    if isinstance(default, float):
        default = f"{default:.12g}"
    return f"`{default}`" if str(default) else ""


@pytest.mark.parametrize(
    ("section", "kind"), [("Gateway", Gateway), ("Matcher", Matcher), ("Reports", Reports)]
)
def test_every_setting_is_documented(section: str, kind: type[Any]) -> None:
    fields = {PREFIX + field.name.upper(): shown(field.default) for field in dataclasses.fields(kind)}
    assert documented(section) == fields
