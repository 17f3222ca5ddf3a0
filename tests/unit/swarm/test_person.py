"""A visitor's acts are their seed's, and follow from what their page shows."""

import random
from collections import Counter

from bench.swarm.history import History
from bench.swarm.page import Page
from bench.swarm.person import Habits, Person


def acts(seed: int, habits: Habits | None = None, offered: str = "") -> list[str]:
    page = Page("ann", "video", History(lambda: 0.0))
    page.welcomed, page.match = True, "m"
    person = Person(habits or Habits(), random.Random(seed))
    chosen = []
    for _ in range(1000):
        page.offered = offered
        chosen.append(person.choose(page))
    return chosen


def test_the_same_seed_does_the_same() -> None:
    assert acts(1) == acts(1)
    assert acts(1) != acts(2)


def test_in_a_match_people_mostly_talk() -> None:
    counted = Counter(acts(1))
    assert 700 < counted["say"] < 900
    assert 70 < counted["next"] < 150
    assert counted["block"] <= 3, "who blocks everybody meets nobody"


def test_an_offer_is_answered() -> None:
    assert set(acts(1, offered="m")) == {"accept", "wait"}


def test_habits_without_something() -> None:
    counted = Counter(acts(1, Habits().without("say", "cut")))
    assert counted["say"] == counted["cut"] == 0
    assert counted["wait"] > 700
