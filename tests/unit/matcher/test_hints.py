"""The hints for waiting visitors: single cases first, then as time passes in the room."""

from collections.abc import Sequence
from math import inf
from typing import Any

import pytest

from services.contract.ids import GatewayId
from services.matcher.core.hints import find_hint
from services.matcher.core.stages import Stages
from services.matcher.core.tickets import Ticket
from services.matcher.core.waiting_room import WaitingRoom

from .tickets import ticket

Wish = dict[str, Any]

CY: Wish = {"languages": ("cy", "en"), "strict_language": True}
DE: Wish = {"languages": ("de",)}
CHESS: Wish = {"interests": frozenset({"chess", "cats"})}
CATS: Wish = {"interests": frozenset({"cats"}), **DE}
AVOIDING: Wish = {"avoid_countries": frozenset({"FR"})}
FRENCH: Wish = {"country": "FR"}

CASES: list[tuple[str, Wish, int, list[Wish], str]] = [
    ("nobody", {}, 3, [], "alone"),
    ("one's own other tab", {"device": 7}, 3, [{"device": 7}], "alone"),
    ("a language that nobody has", CY, 2, [DE], "languages:cy,en"),
    ("what alone is in the way counts", {**CY, **AVOIDING}, 2, [DE, {**DE, **FRENCH}], "languages:cy,en"),
    ("another who insists on a language", DE, 2, [CY], "nobody"),
    ("both insist on theirs", {**DE, "strict_language": True}, 3, [CY], "nobody"),
    ("one insists, another need not", {**DE, "strict_language": True}, 3, [CY, {"languages": ("en",)}],
     "languages:de"),
    ("one of whom would do soon", {}, 2, [{"blocked": frozenset({1})}, {"languages": ("en",)}], ""),
    ("languages while it is early", {"languages": ("de",)}, 1, [{"languages": ("en", "fr")}], "languages:de"),
    ("interests", CHESS, 0, [{}, {"interests": frozenset({"go"})}], "interests:cats,chess"),
    ("interests, though one is shared in another language", {**CHESS, "languages": ("en",)},
     0, [CATS, {"languages": ("en",)}, {"languages": ("en",)}], "interests:chess"),
    ("an interest with a comma", {"interests": frozenset({"a,b"})}, 0, [{}], "interests"),
    ("an avoided country", AVOIDING, 2, [FRENCH, FRENCH, {"blocked": frozenset({1})}], "avoid_countries"),
    ("a block", {}, 2, [{"blocked": frozenset({1})}], "nobody"),
    ("a block of the device", {"device": 7}, 2, [{"blocked": frozenset({7})}], "nobody"),
    ("an own block of the device", {"blocked": frozenset({7})}, 2, [{"device": 7}], "nobody"),
    ("a country that others avoid", FRENCH, 1, [{**AVOIDING, **DE}], "nobody"),
    ("nearby", {"nearby": True, "country": "DE"}, 0, [FRENCH], "nearby"),
    ("somebody just parted from", {}, 3, [{"partners": {1: 90.0}}], "met"),
    ("somebody parted from long ago who may still do", {}, 3, [{"partners": {1: 10.0}}], ""),
    ("somebody parted from long ago while it is early", {}, 2, [{"partners": {1: 10.0}}], "met"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mine", "stage", "others", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_hint(mine: Wish, stage: int, others: Sequence[Wish], expected: str) -> None:
    tickets = [ticket(number, **wish) for number, wish in enumerate(others, start=2)]
    assert find_hint(ticket(1, **mine), stage, tickets, True, 100.0, 60.0) == expected


def test_no_hint_about_all_tickets_where_not_all_are_known() -> None:
    assert find_hint(ticket(1, **CY), 2, [ticket(2, **DE)], False, 100.0, 60.0) == "languages"
    assert find_hint(ticket(1, **DE), 2, [ticket(2, **CY)], False, 100.0, 60.0) == ""


def test_another_ticket_of_the_same_visitor_does_not_count() -> None:
    assert find_hint(ticket(1), 3, [ticket(1)], True, 0.0, 60.0) == "alone"


class HintedRoom:
    """A waiting room that remembers the last hint of each visitor."""

    def __init__(self, *tickets: Ticket, stages: Stages | None = None) -> None:
        self.room = WaitingRoom(stages or Stages())
        self.told: dict[int, str] = {}
        self.counted: dict[int, tuple[int, str]] = {}
        self.count = 0
        self.due = inf
        for each in tickets:
            self.room.offer([each], 0.0)
        self.pairs = self.advance(0.0)

    def advance(self, now: float) -> int:
        advance = self.room.advance(now)
        self.due = advance.next_at
        for change in advance.stage_changes:
            self.told[change.ticket.visitor_key] = change.hint
            self.counted[change.ticket.visitor_key] = self.room.waiting()[change.ticket.pool], change.hint
            self.count += 1
        return len(advance.pairings)

    def run(self, start: float, end: float) -> None:
        now = start
        self.pairs += self.advance(now)
        while self.due <= end:
            now = max(now, self.due)
            self.pairs += self.advance(now)


def test_a_lone_visitor_gets_a_new_hint_when_somebody_comes_and_goes() -> None:
    room = HintedRoom(ticket(1, **CY))
    assert room.told == {1: "alone"}
    german = ticket(2, 3.0, **DE)
    room.room.offer([german], 3.0)
    room.run(3.0, 6.0)
    assert room.told == {1: "languages:cy,en", 2: "nobody"}
    room.room.withdraw(german.gateway, german.number)
    room.run(6.0, 9.0)
    assert room.told[1] == "alone"
    assert room.due == inf


def test_a_hint_does_not_count_a_ticket_that_overflows_in_the_same_moment() -> None:
    room = HintedRoom(ticket(1, avoid_countries=frozenset({"DE"})))
    room.room.offer([ticket(2, 0.5, country="DE", side_lane=True)], 0.5)
    room.advance(0.5)
    room.advance(3.0)
    assert room.told[1] == "alone"


def test_two_who_just_parted_get_that_hint_and_meet_after_a_minute() -> None:
    room = HintedRoom(ticket(1, partners={2: 0.0}), ticket(2, partners={1: 0.0}))
    room.run(0.0, 59.0)
    assert room.told == {1: "met", 2: "met"}
    room.run(59.0, 61.0)
    assert room.pairs == 1


def test_the_same_hint_is_not_told_again() -> None:
    room = HintedRoom(ticket(1, **CY))
    for second in range(1, 60):
        room.room.offer(
            [ticket(2, float(second), number=1_000_000, gateway=GatewayId("two"), **DE)], float(second)
        )
        room.run(float(second), float(second + 1))
    assert room.told[1] == "languages:cy,en"
    assert room.count <= 2 + 59  # both hints of the first, and the stage of each offer of the second


def test_a_ticket_in_the_last_stage_is_told_when_the_number_of_others_changes() -> None:
    room = HintedRoom(ticket(1, **CY))
    crowd = [ticket(key, 20.0, blocked=frozenset(range(2, 7)), **DE) for key in range(2, 7)]
    room.run(0.0, 20.0)
    heard = room.count
    for german in crowd:
        room.room.offer([german], 20.0)
    room.run(20.0, 24.0)
    assert room.counted[1] == (6, "languages:cy,en")
    for german in crowd[1:]:
        room.room.withdraw(german.gateway, german.number)
    room.run(24.0, 28.0)
    assert room.counted[1] == (2, "languages:cy,en")
    assert room.count - heard <= 6 * 4


def test_hints_about_all_tickets_are_retracted_when_many_come() -> None:
    room = HintedRoom(ticket(1, **CY), ticket(2, blocked=frozenset({1}), **DE))
    room.run(0.0, 4.0)
    assert room.told == {1: "nobody", 2: "nobody"}
    for visitor in range(10, 110):
        room.room.offer([ticket(visitor, 4.0, blocked=frozenset(range(200)), **DE)], 4.0)
    room.advance(4.0)
    assert room.told[1] == ""
    room.run(4.0, 10.0)
    assert "nobody" not in {room.told[1], room.told[2]}


def test_a_large_pool_gives_hints_only_after_a_second() -> None:
    apart = [ticket(key, languages=(f"l{key}",), interests=frozenset({f"i{key}"})) for key in range(100)]
    room = HintedRoom(*apart, stages=Stages(thin=0, tiny=0))
    assert set(room.told.values()) == {""}
    room.run(0.0, 3.0)
    told = list(room.told.values())
    assert set(told) == {"", "languages"}
    assert told.count("languages") >= 30
