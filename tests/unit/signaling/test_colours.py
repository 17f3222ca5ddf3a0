"""The operator's colours, on which text must be readable."""

import pytest

from services.signaling.shell.site.colours import contrast, parse_colours, properties


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#777777", "#777777", 1.0), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_follows_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_colours_become_properties_of_the_page() -> None:
    made = properties(parse_colours("accent=#FC3, partner=#8291ff,stage=#101018"))
    assert (made["sun"], made["on-sun"], made["sky"], made["stage"]) == (
        "#ffcc33", "#1b1a22", "#8291ff", "#101018",
    )  # fmt: skip


def test_colours_that_are_not_given_stay_ours() -> None:
    assert properties(()) == {}
    assert properties(parse_colours("partner=#8291ff")) == {"sky": "#8291ff"}


def test_text_on_a_dark_accent_is_white_also_under_the_pointer() -> None:
    made = properties(parse_colours("accent=#c2410c"))
    assert made["on-sun"] == "#ffffff"
    assert contrast(made["on-sun"], made["sun-deep"]) > contrast(made["on-sun"], made["sun"]) >= 4.5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "accent=#ffcf33,accent-text=#ffffff",
            r"text on buttons: #ffffff and #ffcf33 .* of 1\.5, below 4\.5",
        ),
        ("accent=#3b2f00", r"accent on the stage: #3b2f00 and #16151d .*, below 3"),
        ("partner=#101040", r"partner on the stage: .*, below 3"),
        ("stage=#f4f1ea", r"text on the stage where it glows: .*, below 4\.5"),
        ("stage=#8d8d8d", r"accent on the stage"),
        ("accent=gold", r"accent: 'gold' is not a colour such as #ffcf33"),
        ("accent=#ffcf3", "is not a colour"),
        ("accent=#ffcf33;background:url(//x)", "is not a colour"),
        ("paper=#ffffff", "'paper' must be one of accent"),
        ("accent=red,ink=blue", "accent: .*; 'ink' must be"),
    ],
)
def test_unreadable_and_invalid_colours_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_colours(text)
