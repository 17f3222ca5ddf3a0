"""What is popular: who counts, what is shown of it, and what strangers on NATS can do to it."""

import random

import pytest

from services.contract.ids import GatewayId, VisitorId
from services.contract.presence import MOST_WANTED, Beat, Wanted, pack, unpack_beat
from services.signaling.config import Config
from services.signaling.figures import interests, status
from services.signaling.figures.interests import Interests
from services.signaling.figures.popular import MOST, Popular, may_be_shown
from services.signaling.figures.status import Status

HERE, THERE = GatewayId("here"), GatewayId("there")
WALL = 1_740_000_000.0


def wanted(**networks: int) -> list[Wanted]:
    return [Wanted(interest, count) for interest, count in networks.items()]


def told(interests: Interests) -> dict[str, int]:
    return {one.interest: one.networks for one in interests.most()}


def shown(status: Status, now: float = 0.0) -> list[str]:
    return status.picture(now, WALL, complete=True).popular


# --- one gateway counts its own -------------------------------------------------------------------------


def test_a_network_counts_once_however_many_visitors_it_brings() -> None:
    counted = Interests()
    for number in range(50):
        counted.looks(VisitorId(f"many {number}"), b"one", ["chess"])
    assert told(counted) == {"chess": 1}
    counted.looks(VisitorId("other"), b"two", ["Chess", "bees"])
    assert told(counted) == {"chess": 2, "bees": 1}


def test_who_looks_for_something_else_or_leaves_counts_for_that_no_more() -> None:
    counted = Interests()
    counted.looks(VisitorId("one"), b"1", ["chess", "bees"])
    counted.looks(VisitorId("one"), b"1", ["chess"])
    counted.looks(VisitorId("one"), b"1", ["chess"])
    counted.looks(VisitorId("other"), b"1", ["chess"])
    assert told(counted) == {"chess": 1}
    counted.left(VisitorId("one"))
    counted.left(VisitorId("one"))
    assert told(counted) == {"chess": 1}
    counted.left(VisitorId("other"))
    assert told(counted) == {}


def test_what_differs_in_case_and_accents_is_one_and_spelled_as_most_do() -> None:
    counted = Interests()
    for network, typed in enumerate(["CAFÉ", "café", "cafe", "  Cafe\u0301 "]):
        counted.looks(VisitorId(typed), bytes([network]), [typed])
    assert told(counted) == {"café": 4}


def test_the_most_wanted_are_told_and_no_more_than_fit() -> None:
    counted = Interests()
    for number in range(MOST_WANTED + 10):
        counted.looks(
            VisitorId(f"{number}"), b"%d" % number, [f"tag {'x' * (number % 20)} {number // 20}", "all"]
        )
    most = counted.most()
    assert (len(most), most[0]) == (MOST_WANTED, Wanted("all", MOST_WANTED + 10))


def test_strangers_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interests, "MOST_TAGS", 30)
    counted = Interests()
    for number in range(100):
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        counted.looks(VisitorId(letters), letters.encode(), [letters, f"{letters} too"])
    assert len(counted.most()) == 30
    counted.looks(VisitorId("one"), b"one", ["a"])
    assert told(counted)["a"] == 2, "what is known already goes on counting"


def test_any_coming_and_going_leaves_what_is_there() -> None:
    chance, counted, here = random.Random(7), Interests(), dict[str, tuple[bytes, list[str]]]()
    for _ in range(3_000):
        name = f"v{chance.randrange(40)}"
        if chance.random() < 0.3:
            counted.left(VisitorId(name))
            here.pop(name, None)
        else:
            here[name] = (b"n%d" % chance.randrange(6), chance.choices(["chess", "bees", "tea"], k=2))
            counted.looks(VisitorId(name), *here[name])
    expected = {
        tag: len({network for network, tags in here.values() if tag in tags})
        for tag in ("chess", "bees", "tea")
    }
    assert told(counted) == {tag: count for tag, count in expected.items() if count}
    for name in here:
        counted.left(VisitorId(name))
    assert vars(counted) == {"_counting": True, "_visitors": {}, "_tags": {}}


def test_what_is_switched_off_counts_nothing() -> None:
    counted = Interests(counting=False)
    counted.looks(VisitorId("one"), b"1", ["chess"])
    assert counted.most() == []


# --- what everybody may read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "interest",
    [
        "chess",
        "c++",
        "c#",
        "rock 'n' roll",
        "d&d",
        "80s",
        "formula 1",
        "küche",
        "हिंदी",
        "日本語",
        "موسيقى",
        "live-rpg",
    ],
)
def test_an_interest_may_be_shown(interest: str) -> None:
    assert may_be_shown(interest)


@pytest.mark.parametrize(
    "contact",
    [
        "evil.example", "http://x", "t me/joe", "@joe", "joe@example", "joe_99", "add me: joe", "0151 2345",
        "call 12345", "٠١٢٣٤", "٥٥٥٥٥ call", "5551", "", " ", "+++", "<b>x</b>", "a\u202eb", "a\u200bb",
        "a\nb", "👍", "x" * 33, "z\u0351\u036b\u0343", "evil。example", "a\u2060b",
    ],
)  # fmt: skip
def test_contact_data_and_what_deceives_the_eye_never_is(contact: str) -> None:
    assert not may_be_shown(contact)


def test_nothing_of_that_is_counted_and_what_cannot_be_seen_is_left_out() -> None:
    counted = Interests()
    counted.looks(VisitorId("one"), b"1", ["evil.example", "@joe", "0151 23456", "\u202echess\u200b"])
    assert told(counted) == {"chess": 1}


# --- the whole ------------------------------------------------------------------------------------------


def test_gateways_add_up_and_below_the_threshold_nothing_is_told() -> None:
    whole = Popular(5)
    whole.hear(HERE, wanted(chess=3, bees=4, tea=9))
    whole.hear(THERE, wanted(chess=2, tea=1))
    assert whole.most([HERE, THERE]) == ["tea", "chess"]
    assert whole.most([HERE]) == ["tea"]
    assert Popular(0).most([HERE]) == []


def test_spellings_of_two_gateways_are_one_interest() -> None:
    whole = Popular(5)
    whole.hear(HERE, [Wanted("cafe", 2)])
    whole.hear(THERE, [Wanted("café", 3)])
    assert whole.most([HERE, THERE]) == ["café"]


def test_a_dozen_is_enough_and_equals_are_in_order() -> None:
    whole = Popular(1)
    names = [chr(97 + number) * 3 for number in range(20)]
    whole.hear(HERE, [Wanted(name, 1) for name in reversed(names)])
    assert whole.most([HERE]) == names[:MOST]


def test_a_word_of_the_operator_is_in_none_of_them() -> None:
    whole = Popular(1, ["Telegram", "tea"])
    whole.hear(HERE, [Wanted(name, 9) for name in ("télégram", "my telegram joe", "teapots", "tea")])
    assert whole.most([HERE]) == ["teapots"]


def test_whatever_a_gateway_says_nothing_but_interests_is_shown() -> None:
    whole = Popular(1)
    whole.hear(HERE, [Wanted(name, 2**52) for name in ("evil.example", "<b>", "CHESS", "a\u202eb", "bees")])
    assert whole.most([HERE]) == ["bees"]


def test_what_was_told_holds_until_it_is_told_anew_and_a_late_beat_changes_nothing() -> None:
    whole = Status(Popular(1))
    whole.hear(Beat(HERE, 1, 1, 0, [], wanted=wanted(chess=1)), 0, WALL)
    whole.hear(Beat(HERE, 2, 1, 0, []), 1, WALL)
    assert shown(whole, 1) == ["chess"]
    whole.hear(Beat(HERE, 6, 1, 0, [], wanted=wanted(bees=1)), 2, WALL)
    whole.hear(Beat(HERE, 3, 1, 0, [], wanted=wanted(tea=1)), 2, WALL)
    assert shown(whole, 2) == ["bees"]


def test_a_gateway_that_leaves_or_is_gone_is_forgotten() -> None:
    popular = Popular(1)
    whole = Status(popular)
    whole.hear(Beat(HERE, 1, 1, 0, [], wanted=wanted(chess=1)), 0, WALL)
    whole.hear(Beat(THERE, 1, 1, 0, [], wanted=wanted(bees=1)), 3, WALL)
    assert shown(whole, 3) == ["bees", "chess"]
    assert shown(whole, 5) == ["bees"]
    whole.hear(Beat(THERE, 2, 1, 0, [], leaving=True), 5, WALL)
    assert shown(whole, 5) == []
    assert shown(whole, 20) == []
    assert vars(popular)["_told"] == {}


def test_made_up_gateways_find_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "MOST_GATEWAYS", 3)
    popular = Popular(1)
    whole = Status(popular)
    for number in range(100):
        whole.hear(Beat(GatewayId(f"made up {number}"), 1, 0, 0, [], wanted=wanted(chess=1)), 0, WALL)
    assert len(vars(popular)["_told"]) == 3


def test_a_beat_with_all_it_may_hold_is_small_and_a_greater_one_is_refused() -> None:
    def size(interest: str, count: int = 40) -> int:
        return len(pack(Beat(HERE, 1, 0, 0, [], wanted=[Wanted(interest, count)] * MOST_WANTED)))

    assert size("mountain biking") < 1_250
    assert size("𓀀" * 64, 2**53 - 1) < 18_000
    with pytest.raises(ValueError, match="length"):
        unpack_beat(pack(Beat(HERE, 1, 0, 0, [], wanted=[Wanted("x", 1)] * (MOST_WANTED + 1))))
    with pytest.raises(ValueError, match="length"):
        unpack_beat(pack(Beat(HERE, 1, 0, 0, [], wanted=[Wanted("x" * 65, 1)])))


def test_a_beat_of_an_older_gateway_tells_nothing_of_it() -> None:
    older = pack(Beat(HERE, 7, 5, 2, []))
    assert unpack_beat(older[:1].replace(b"\x97", b"\x96") + older[1:-1]).wanted is None


def test_no_word_that_is_set_by_default_is_short_enough_to_hide_in_others() -> None:
    never = next(
        field.default for field in Config.__dataclass_fields__.values() if field.name == "popular_never"
    )
    whole = Popular(1, never)
    whole.hear(
        HERE, [Wanted(name, 9) for name in ("essex", "sex education", "kickboxing", "snapper fishing")]
    )
    assert whole.most([HERE]) == ["essex", "kickboxing", "snapper fishing"]
