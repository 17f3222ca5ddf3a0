"""What a gateway keeps of partings that others tell of."""

from services.contract.limits import PARTED
from services.signaling.cluster import rumours
from services.signaling.cluster.rumours import Rumours


def test_a_parting_is_known_of_both_for_as_long_as_it_bars_them() -> None:
    heard = Rumours()
    heard.hear([(1, 2), (2, 3)], 100.0)
    assert heard.about(1) == [(2, 100.0)]
    assert heard.about(2) == [(1, 100.0), (3, 100.0)]
    assert heard.about(4) == []
    heard.forget(99.9 + PARTED)
    assert heard.about(3) == [(2, 100.0)]
    heard.forget(100.0 + PARTED)
    assert (heard.about(3), len(heard), heard._of) == ([], 0, {})


def test_of_two_partings_the_later_counts() -> None:
    heard = Rumours()
    heard.hear([(1, 2)], 100.0)
    heard.hear([(2, 1)], 130.0)
    heard.forget(100.1 + PARTED)
    assert heard.about(1) == [(2, 130.0)]
    heard.forget(130.1 + PARTED)
    assert heard.about(1) == []


def test_who_has_just_started_learns_what_another_knows() -> None:
    old, new = Rumours(), Rumours()
    old.hear([(1, 2)], 100.0)
    new.learn(old.told(130.0), 5030.0)
    assert new.about(2) == [(1, 5000.0)]


def test_there_is_an_end_to_what_is_kept() -> None:
    heard = Rumours()
    heard.hear(((number, -number - 1) for number in range(rumours.MOST + 10)), 100.0)
    assert len(heard) == rumours.MOST
    assert heard.about(9) == []
    assert heard.about(10) == [(-11, 100.0)]
