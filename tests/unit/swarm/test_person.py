"""The seed of a visitor and the state of the client decide their acts."""

import random
from collections import Counter

from bench.swarm.history import History
from bench.swarm.person import Habits, Person
from bench.swarm.recording_client import Act, RecordingClient

WELCOME = b'{"type":"welcome","visitor":"v","gateway":"g","memory":"x","ice":{"policy":"all"}}'
SEARCHING = b'{"type":"searching","waiting":1,"stage":1}'
MATCHED = (
    b'{"type":"matched","match":"m","polite":true,"pass":"p","memory":"x",'
    b'"partner":{"languages":[],"shared_interests":[]},"ice":{"servers":[],"policy":"all"}}'
)


def acts(seed: int, habits: Habits | None = None, offered: str = "") -> list[Act]:
    client = RecordingClient("ann", "video", History(lambda: 0.0))
    for frame in (WELCOME, SEARCHING, MATCHED):
        client.receive(frame, 0.0)
    person = Person(habits or Habits(), random.Random(seed))
    chosen = []
    for _ in range(1000):
        client.offered = offered
        chosen.append(person.choose(client))
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
