"""Reads the tables of settings in `docs/configuration.md`."""

import re
from pathlib import Path

_PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"


def documented(section: str) -> dict[str, str]:
    """Return the variables in the table under the heading `section`, with their documented defaults."""
    table = _PAGE.read_text().partition(f"## {section}\n")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\|", table, re.MULTILINE))
