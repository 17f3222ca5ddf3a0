"""Which lines of chat tell something about who says them to everybody, and which lines are the same."""

import time

import pytest

from services.signaling.core.messages import MAX_CHAT_LENGTH
from services.signaling.core.telling_lines import telling_line

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LONG = "hello there my dear stranger, how are you doing today?"


@pytest.mark.parametrize(
    "text",
    [
        "hi",
        "m 22 germany",
        "m22 looking for friends, u?",
        "hello, how are you? where are you from?",
        "привет, как дела? откуда ты?",
        "ok.bye",
        "wait...what",
        "e.g. and/or u.s.a",
        "3.5/5 would chat again",
        "i work at a company. net income is fine",
        "😀" * 60,
        "1234567890 " * 20,
    ],
)
def test_what_people_say_to_everybody_tells_nothing(text: str) -> None:
    assert telling_line(text, KEY) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://spam.example/a",
        "see www.spam.example",
        "hot pics at SPAM.COM",
        "t.me/annabel",
        "bit.ly/2x",
        "\uff57\uff57\uff57\uff0espam\uff0e\uff43\uff4f\uff4d",  # wide letters
        "me: spam.xyz!",
        "http://localhost",
    ],
)
def test_a_web_address_makes_a_short_line_telling(text: str) -> None:
    line = telling_line(text, KEY)
    assert line is not None
    assert line.link


def test_a_long_line_tells_something_without_a_link() -> None:
    line = telling_line(LONG, KEY)
    assert line is not None
    assert not line.link


@pytest.mark.parametrize(
    "variant",
    [LONG.upper(), LONG + " 😀😀", LONG.replace(" ", "  "), "17 " + LONG, LONG.replace("?", "!!!")],
)
def test_case_blanks_digits_marks_and_emoji_make_no_other_line(variant: str) -> None:
    assert telling_line(variant, KEY) == telling_line(LONG, KEY)


def test_other_words_make_another_line() -> None:
    assert telling_line(LONG + " really", KEY) != telling_line(LONG, KEY)


def test_nobody_without_the_key_can_try_out_a_line() -> None:
    mine, theirs = telling_line(LONG, KEY), telling_line(LONG, OTHER_KEY)
    assert mine is not None
    assert theirs is not None
    assert mine.digest != theirs.digest
    assert len(mine.digest) == 8


@pytest.mark.parametrize("part", ["a", "a.", "a-", ".", "www.", "://", "a/", "\u0301", "ﷺ"])
def test_the_longest_lines_take_no_longer_than_their_length(part: str) -> None:
    text = (part * MAX_CHAT_LENGTH)[:MAX_CHAT_LENGTH]
    began = time.process_time()
    for _ in range(20):
        telling_line(text, KEY)
    assert time.process_time() - began < 0.5, "a search that takes quadratic time takes seconds"
