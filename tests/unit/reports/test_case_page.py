"""The page of an export shows all that its JSON has, and runs nothing."""

import re

from services.reports.core.case_page import case_page

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e"
DOCUMENT = {
    "export": {"case": "c1", "exported_at": 1000, "exported_at_utc": "1970-01-01T00:00:01.000+00:00"},
    "files": [{"path": "pictures/r-0.jpg", "sha256": "ab", "unchanged": True, "known_to": ""}],
    "custody": {"entries": [{"sequence": 3, "actor": HOSTILE, "details": {"reason": HOSTILE}}]},
    "case": {
        "reports": [
            {"id": "r", "note": HOSTILE, "chat": [{"from_accused": True, "text": HOSTILE, "proven": False}]},
            {"id": "s", "note": "", "chat": []},
        ],
        HOSTILE: "a field that is new",
    },
}


def test_strangers_text_stays_text() -> None:
    page = case_page(HOSTILE, DOCUMENT)
    assert "<script" not in page
    assert not re.search(r"<img|<iframe|<object|<link|javascript:", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&gt;" in page
    assert "\u202e" not in page
    assert "[U+202E RIGHT-TO-LEFT OVERRIDE]" in page
    assert "default-src 'none'" in page


def test_everything_is_shown_also_what_is_new() -> None:
    page = case_page("Case c1", DOCUMENT)
    for text in (
        "c1",
        "ab",
        "from accused",
        "a field that is new",
        "1970-01-01T00:00:01.000+00:00",
        "1 of 2",
    ):
        assert text in page
    assert '<a href="pictures/r-0.jpg">pictures/r-0.jpg</a>' in page
    assert page.count("exported at") == 1, "a time and its readable forms are one field"
