"""What an export shows is readable: times, hidden characters, and the names of files."""

import io
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from services.reports.core.readable import extension_of, visible, with_readable_times

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_time_has_its_zone_beside_the_milliseconds() -> None:
    told = with_readable_times({"case": {"filed_at": 1_782_907_200_123}}, BERLIN)
    assert told == {
        "case": {
            "filed_at": 1_782_907_200_123,
            "filed_at_utc": "2026-07-01T12:00:00.123+00:00",
            "filed_at_local": "2026-07-01T14:00:00.123+02:00",
        }
    }


def test_every_time_is_found_and_nothing_else() -> None:
    told = with_readable_times(
        [
            {
                "until": 0,
                "held_until": 1000,
                "at": 2000,
                "seconds": 5,
                "dateless": 1000,
                "chat": [{"read_at": 1}],
            }
        ],
        None,
    )
    assert told == [
        {
            "until": 0,
            "until_utc": None,
            "held_until": 1000,
            "held_until_utc": "1970-01-01T00:00:01.000+00:00",
            "at": 2000,
            "at_utc": "1970-01-01T00:00:02.000+00:00",
            "seconds": 5,
            "dateless": 1000,
            "chat": [{"read_at": 1, "read_at_utc": "1970-01-01T00:00:00.001+00:00"}],
        }
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain ü 😀️ عربى\n\t", "plain ü 😀️ عربى\n\t"),
        ("a\u202eb", "a[U+202E RIGHT-TO-LEFT OVERRIDE]b"),
        ("soft\u00adhyphen", "soft[U+00AD SOFT HYPHEN]hyphen"),
        ("\x00", "[U+0000]"),
        ("\u3164", "[U+3164 HANGUL FILLER]"),
        ("\ufeff", "[U+FEFF ZERO WIDTH NO-BREAK SPACE]"),
        ("\U000e0061", "[U+E0061 TAG LATIN SMALL LETTER A]"),
        ("\U000e0101", "[U+E0101 VARIATION SELECTOR-18]"),
    ],
)
def test_hidden_characters_stand_by_their_names(written: str, shown: str) -> None:
    assert visible(written) == shown


@pytest.mark.parametrize(("kind", "end"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_a_file_is_named_for_what_it_is(kind: str, end: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, kind)
    assert extension_of(file.getvalue()) == end


def test_what_is_no_picture_is_named_so() -> None:
    assert extension_of(b"<html>") == "bin"
    assert extension_of(b"") == "bin"
