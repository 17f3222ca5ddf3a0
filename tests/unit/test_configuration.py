"""`docs/configuration.md` names every setting with its default, and none that does not exist."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from services.backups.config import Config as Backups
from services.matcher.config import Config as Matcher
from services.reports.config import Config as Reports
from services.runtime.config import names
from services.signaling.config import Config as Gateway

from ..settings_page import documented

ROOT = Path(__file__).parents[2]


def shown(default: Any) -> str:
    if default is None:
        return ""
    if default is dataclasses.MISSING:
        return "required"
    if isinstance(default, bool):
        return f"`{'on' if default else 'off'}`"
    if isinstance(default, tuple):
        default = ",".join(map(shown, default)).replace("`", "")
    if isinstance(default, Path) and default.is_absolute():
        default = default.relative_to(ROOT)
    if isinstance(default, float):
        default = f"{default:.12g}"
    return f"`{default}`" if str(default) else ""


@pytest.mark.parametrize(
    ("section", "kind"),
    [("Gateway", Gateway), ("Matcher", Matcher), ("Reports", Reports), ("Backups", Backups)],
)
def test_every_setting_is_documented(section: str, kind: type[Any]) -> None:
    defaults = [shown(field.default) for field in dataclasses.fields(kind)]
    assert documented(section) == dict(zip(names(kind), defaults, strict=True))
