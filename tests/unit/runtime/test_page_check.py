"""A page that is not there is refused in production, and named otherwise."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.runtime.page_check import check_page


def test_production_refuses_a_folder_without_a_page(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=f"^ZUFALL_PAGE: the folder {tmp_path} has no index.html, so visitors"):
        check_page("ZUFALL_PAGE", tmp_path, "production")
    (tmp_path / "index.html").touch()
    check_page("ZUFALL_PAGE", tmp_path, "production")


def test_otherwise_the_log_names_it(tmp_path: Path) -> None:
    with capture_logs() as lines:
        check_page("ZUFALL_PAGE", tmp_path / "nowhere", "development")
    assert [(line["log_level"], line["reason"]) for line in lines] == [
        ("warning", f"ZUFALL_PAGE: the folder {tmp_path}/nowhere has no index.html")
    ]
