"""Visitors are drawn by their shares, and a gateway remembers their partners."""

from collections import Counter
from random import Random
from zlib import crc32

import pytest

from services.matcher.core.tickets import POOLS, Audience, Mode
from tools.simulation.crowd_model import CrowdModel, NamedInterests, Profile, StableHashStr, ZipfInterests
from tools.simulation.populations import populations
from tools.simulation.visitors import partners_to_send

DRAWN = 20_000


def drawn(crowd: CrowdModel) -> list[Profile]:
    chance = Random(1)
    return [crowd.draw(chance) for _ in range(DRAWN)]


def test_visitors_come_in_the_stated_shares() -> None:
    crowd = CrowdModel(
        languages={("en",): 0.6, ("cy", "en"): 0.1},
        strict=0.5,
        countries={"DE": 0.4},
        nearby=0.2,
        restricted=0.1,
        modes={"video": 0.7, "text": 0.3},
    )
    people = drawn(crowd)
    languages = Counter(one.languages for one in people)
    assert languages["en",] / DRAWN == pytest.approx(0.6, abs=0.02)
    assert languages["cy", "en"] / DRAWN == pytest.approx(0.1, abs=0.02)
    assert languages[()] / DRAWN == pytest.approx(0.3, abs=0.02)
    assert sum(one.strict for one in people) / DRAWN == pytest.approx(0.35, abs=0.02)
    assert not any(one.strict for one in people if not one.languages)
    assert sum(one.country == "DE" for one in people) / DRAWN == pytest.approx(0.4, abs=0.02)
    assert sum(one.nearby for one in people) / DRAWN == pytest.approx(0.2, abs=0.02)
    pools = Counter((one.pool.mode, one.pool.audience) for one in people)
    assert pools[Mode.TEXT, Audience.EVERYONE] / DRAWN == pytest.approx(0.27, abs=0.02)
    assert pools[Mode.VIDEO, Audience.RESTRICTED] / DRAWN == pytest.approx(0.07, abs=0.02)


def test_popular_interests_follow_zipf() -> None:
    people = drawn(CrowdModel(interests=ZipfInterests(50, 1, 0.5)))
    named = Counter(str(tag) for one in people for tag in one.interests)
    assert sum(named.values()) / DRAWN == pytest.approx(0.5, abs=0.02)
    assert named["interest 1"] / named["interest 10"] == pytest.approx(10, rel=0.25)


def test_interests_of_one_wish_differ_and_are_no_more_than_there_are() -> None:
    assert {len(one.interests) for one in drawn(CrowdModel(interests=ZipfInterests(50, 3, 1.0)))} == {3}
    assert {len(one.interests) for one in drawn(CrowdModel(interests=ZipfInterests(2, 3, 1.0)))} == {2}
    assert {len(one.interests) for one in drawn(CrowdModel(interests=ZipfInterests(0, 3, 1.0)))} == {0}


def test_named_interests_are_drawn_one_by_one_and_at_most_ten() -> None:
    people = drawn(CrowdModel(interests=NamedInterests({"chess": 0.02, "music": 0.3})))
    named = Counter(str(tag) for one in people for tag in one.interests)
    assert named["chess"] / DRAWN == pytest.approx(0.02, abs=0.005)
    assert named["music"] / DRAWN == pytest.approx(0.3, abs=0.02)
    greedy = drawn(CrowdModel(interests=NamedInterests({str(number): 1.0 for number in range(30)})))
    assert {len(one.interests) for one in greedy} == {10}


def test_nobody_avoids_their_own_country() -> None:
    people = drawn(CrowdModel(countries={"DE": 0.5}, avoid={"DE": 1.0, "GB": 1.0}))
    assert {one.avoids for one in people if one.country == "DE"} == {frozenset({"GB"})}
    assert {one.avoids for one in people if not one.country} == {frozenset({"DE", "GB"})}


def test_a_part_of_a_wish_is_left_out() -> None:
    everything = Profile(
        POOLS[1, 0],
        ("en",),
        True,
        frozenset({StableHashStr("chess")}),
        "DE",
        avoids=frozenset({"GB"}),
        nearby=True,
    )
    assert everything.without(()) == everything
    assert everything.without(("strict",)).languages == ("en",)
    assert not everything.without(("strict",)).strict
    assert not everything.without(("languages",)).strict, "who names no language cannot insist on one"
    assert everything.without(("interests", "languages", "avoid", "nearby")) == Profile(
        POOLS[1, 0], country="DE"
    )


def test_a_stable_text_has_one_hash_in_every_process() -> None:
    assert hash(StableHashStr("chess")) == hash(StableHashStr("chess")) == crc32(b"chess")
    assert StableHashStr("chess") == StableHashStr("chess")
    assert StableHashStr("chess") not in ("chess", StableHashStr("go"))
    assert frozenset({StableHashStr("chess")}) & frozenset(
        {StableHashStr("chess"), StableHashStr("go")}
    ) == frozenset({StableHashStr("chess")})


def test_populations_are_those_that_the_crowd_has() -> None:
    assert [one.name for one in populations(CrowdModel())] == ["everybody"]
    popular = populations(CrowdModel(interests=ZipfInterests(5, 1, 0.5)))
    assert [one.name for one in popular] == ["everybody", "with interests", "without interests"]
    crowd = CrowdModel(
        languages={("en",): 0.5, ("cy", "en"): 0.1},
        strict=0.1,
        interests=NamedInterests({"chess": 0.1}),
        countries={"DE": 0.1},
        avoid={"GB": 0.1},
        nearby=0.1,
        restricted=0.1,
        modes={"video": 0.5, "text": 0.5},
    )
    assert [one.name for one in populations(crowd)] == [
        "everybody", "speaks en", "speaks en, strict", "speaks cy", "speaks cy, strict", "names no language",
        "strict language", "with interests", "without interests", "likes chess", "from DE", "avoids GB",
        "nearby", "video", "text", "restricted",
    ]  # fmt: skip


def test_each_population_includes_its_own() -> None:
    crowd = CrowdModel(
        languages={("en",): 0.5, ("cy", "en"): 0.1}, strict=0.5, interests=ZipfInterests(5, 1, 0.5)
    )
    includes = {one.name: one.includes for one in populations(crowd)}
    welsh = Profile(POOLS[1, 0], ("cy", "en"), True)
    assert {name for name in includes if includes[name](welsh)} == {
        "everybody", "speaks en", "speaks en, strict", "speaks cy", "speaks cy, strict", "strict language",
        "without interests",
    }  # fmt: skip


def test_a_gateway_remembers_the_last_64_and_all_of_the_last_minute_up_to_256() -> None:
    now = 1000.0
    assert len(partners_to_send(dict.fromkeys(range(100), 0.0), now)) == 64
    recent = dict.fromkeys(range(300), 0.0) | dict.fromkeys(range(300, 400), 950.0)
    assert set(partners_to_send(recent, now)) == set(range(300, 400))
    many = {key: 950.0 + key / 1000 for key in range(500)}
    assert set(partners_to_send(many, now)) == set(range(244, 500))
