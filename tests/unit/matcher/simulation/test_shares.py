"""How an operator writes what they know, and what is said when it makes no sense."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from services.matcher.simulation import shares


@pytest.mark.parametrize(
    ("parse", "text", "meant"),
    [
        (shares.share, "2.5%", 0.025),
        (shares.share, " 100 % ", 1.0),
        (shares.share, ".5%", 0.005),
        (shares.whole(1, 10), "10", 10),
        (shares.number(0, 10), "0", 0.0),
        (shares.ages, "1,2.5,9", (1.0, 2.5, 9.0)),
        (shares.languages, "en=70%, cy+en=0.5%", {("en",): 0.7, ("cy", "en"): 0.005}),
        (shares.languages, "en-GB+EN=1%", {("en",): 0.01}),
        (shares.languages, "none", {}),
        (shares.languages, "", {}),
        (shares.countries, "de=40%,GB=60%", {"DE": 0.4, "GB": 0.6}),
        (shares.avoided, "DE=80%,GB=80%", {"DE": 0.8, "GB": 0.8}),
        (shares.interests, "50", 50),
        (shares.interests, "none", 0),
        (shares.interests, "Chess=2%,hip  hop=30%", {"chess": 0.02, "hip hop": 0.3}),
        (shares.modes, "video=80%,TEXT=20%", {"video": 0.8, "text": 0.2}),
    ],
)
def test_what_is_meant(parse: Callable[[str], Any], text: str, meant: Any) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("parse", "text", "said"),
    [
        (shares.share, "0.5", "'0.5' is not a share: write it with a percent sign, as in 2.5%"),
        (shares.share, "-1%", "is not a share"),
        (shares.share, "101%", "'101%' is more than 100%"),
        (shares.share, "nan%", "is not a share"),
        (shares.whole(1, 10), "11", "'11' is not a whole number from 1 to 10"),
        (shares.whole(1, 10), "1.5", "is not a whole number"),
        (shares.whole(1, 10), "9" * 5000, "is not a whole number"),
        (shares.whole(1, 10), "²", "is not a whole number"),
        (shares.number(0, 10), "nan", "'nan' is not a number from 0 to 10"),
        (shares.number(0, 10, above=True), "0", "'0' is not a number above 0 and at most 10"),
        (shares.number(0, 10), "inf", "from 0 to 10"),
        (shares.number(0, 10), "soon", "'soon' is not a number"),
        (shares.ages, "5,2,15", "is not three rising numbers of seconds"),
        (shares.ages, "2,5", "is not three rising numbers of seconds"),
        (shares.languages, "en", "'en' is not a name and a share, as in en=70%"),
        (shares.languages, "en=70", "'70' is not a share"),
        (shares.languages, "=5%", "is not a name and a share"),
        (shares.languages, "en=70%,en=10%", "'en' is named twice"),
        (shares.languages, "en=70%,EN-us=10%", "'EN-us' is named twice"),
        (shares.languages, "en=70%,de=40%", "are more than 100% together"),
        (shares.languages, "e=70%", "'e' is not a language, as in en or de"),
        (shares.languages, "en+=70%", "'' is not a language"),
        (shares.countries, "DEU=1%", "'DEU' is not a country of two letters, as in DE"),
        (shares.countries, "DE=1%,de=2%", "'de' is named twice"),
        (shares.countries, "DE=60%,GB=60%", "more than 100% together"),
        (shares.avoided, "1=1%", "is not a country"),
        (shares.interests, "many", "is neither a number of interests"),
        (shares.interests, "chess=2%,CHESS=3%", "'CHESS' is named twice"),
        (shares.interests, ",".join(f"i{number}=1%" for number in range(65)), "more than 64 names"),
        (shares.modes, "video=50%", "are not 100% together"),
        (shares.modes, "smell=100%", "'smell' is not a mode: video, audio or text"),
    ],
)
def test_what_is_said_of_nonsense(parse: Callable[[str], Any], text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(text)
