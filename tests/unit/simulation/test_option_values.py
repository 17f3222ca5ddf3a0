"""The values of options, and the errors for those that make no sense."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tools.simulation import option_values


@pytest.mark.parametrize(
    ("parse", "text", "meant"),
    [
        (option_values.share, "2.5%", 0.025),
        (option_values.share, " 100 % ", 1.0),
        (option_values.share, ".5%", 0.005),
        (option_values.whole(1, 10), "10", 10),
        (option_values.number(0, 10), "0", 0.0),
        (option_values.ages, "1,2.5,9", (1.0, 2.5, 9.0)),
        (option_values.languages, "en=70%, cy+en=0.5%", {("en",): 0.7, ("cy", "en"): 0.005}),
        (option_values.languages, "en-GB+EN=1%", {("en",): 0.01}),
        (option_values.languages, "none", {}),
        (option_values.languages, "", {}),
        (option_values.countries, "de=40%,GB=60%", {"DE": 0.4, "GB": 0.6}),
        (option_values.avoided, "DE=80%,GB=80%", {"DE": 0.8, "GB": 0.8}),
        (option_values.interests, "50", 50),
        (option_values.interests, "none", 0),
        (option_values.interests, "Chess=2%,hip  hop=30%", {"chess": 0.02, "hip hop": 0.3}),
        (option_values.modes, "video=80%,TEXT=20%", {"video": 0.8, "text": 0.2}),
    ],
)
def test_an_option_value_is_parsed(parse: Callable[[str], Any], text: str, meant: Any) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("parse", "text", "said"),
    [
        (option_values.share, "0.5", "'0.5' is not a share: write it with a percent sign, as in 2.5%"),
        (option_values.share, "-1%", "is not a share"),
        (option_values.share, "101%", "'101%' is more than 100%"),
        (option_values.share, "nan%", "is not a share"),
        (option_values.whole(1, 10), "11", "'11' is not a whole number from 1 to 10"),
        (option_values.whole(1, 10), "1.5", "is not a whole number"),
        (option_values.whole(1, 10), "9" * 5000, "is not a whole number"),
        (option_values.whole(1, 10), "²", "is not a whole number"),
        (option_values.number(0, 10), "nan", "'nan' is not a number from 0 to 10"),
        (option_values.number(0, 10, above=True), "0", "'0' is not a number above 0 and at most 10"),
        (option_values.number(0, 10), "inf", "from 0 to 10"),
        (option_values.number(0, 10), "soon", "'soon' is not a number"),
        (option_values.ages, "5,2,15", "is not three rising numbers of seconds"),
        (option_values.ages, "2,5", "is not three rising numbers of seconds"),
        (option_values.languages, "en", "'en' is not a name and a share, as in en=70%"),
        (option_values.languages, "en=70", "'70' is not a share"),
        (option_values.languages, "=5%", "is not a name and a share"),
        (option_values.languages, "en=70%,en=10%", "'en' is named twice"),
        (option_values.languages, "en=70%,EN-us=10%", "'EN-us' is named twice"),
        (option_values.languages, "en=70%,de=40%", "are more than 100% together"),
        (option_values.languages, "e=70%", "'e' is not a language, as in en or de"),
        (option_values.languages, "en+=70%", "'' is not a language"),
        (option_values.countries, "DEU=1%", "'DEU' is not a country of two letters, as in DE"),
        (option_values.countries, "DE=1%,de=2%", "'de' is named twice"),
        (option_values.countries, "DE=60%,GB=60%", "more than 100% together"),
        (option_values.avoided, "1=1%", "is not a country"),
        (option_values.interests, "many", "is neither a number of interests"),
        (option_values.interests, "chess=2%,CHESS=3%", "'CHESS' is named twice"),
        (option_values.interests, ",".join(f"i{number}=1%" for number in range(65)), "more than 64 names"),
        (option_values.modes, "video=50%", "are not 100% together"),
        (option_values.modes, "smell=100%", "'smell' is not a mode: video, audio or text"),
    ],
)
def test_a_wrong_option_value_is_explained(parse: Callable[[str], Any], text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(text)
