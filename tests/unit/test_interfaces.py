"""The types of the pages and the reference pages are generated, and fresh."""

from pathlib import Path

import pytest

from services.reports.core.roles import ENDPOINTS as ROLES
from services.reports.shell.console import console_api
from tools.interfaces.__main__ import files

ROOT = Path(__file__).parents[2]
FILES = files()


@pytest.mark.parametrize("path", FILES)
def test_generated_files_are_fresh(path: str) -> None:
    assert (ROOT / path).read_text() == FILES[path], "run `make generate`"


def test_the_console_describes_every_endpoint_that_it_serves() -> None:
    described = [endpoint.key for endpoint in console_api.ENDPOINTS]
    assert len(described) == len(set(described))
    assert set(described) == set(ROLES)
