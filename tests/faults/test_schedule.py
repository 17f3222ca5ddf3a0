"""The schedule is the seed's, and asks for nothing that cannot be done."""

from .schedule import CENTRAL, Pace, Shape, deck, schedule

SHAPE = Shape()


def test_the_same_seed_gives_the_same_schedule() -> None:
    first, again = (schedule(7, 600, deck(SHAPE)) for _ in range(2))
    assert first == again
    assert schedule(8, 600, deck(SHAPE)) != first


def test_delays_are_the_seeds() -> None:
    seeds = [fault.seed for fault in schedule(7, 600, deck(SHAPE))]
    assert len(set(seeds)) == len(seeds)
    assert seeds != [fault.seed for fault in schedule(8, 600, deck(SHAPE))]


def test_every_card_is_dealt() -> None:
    dealt = {(fault.kind, fault.target.split("~")[-1][:4]) for fault in schedule(7, 600, deck(SHAPE))}
    assert dealt >= {(card.kind, card.targets[0].split("~")[-1][:4]) for card in deck(SHAPE)}


def test_everything_is_healed_in_the_end() -> None:
    for seed in range(50):
        for fault in schedule(seed, 60, deck(SHAPE)):
            assert fault.at + fault.lasts <= 60.01


def test_a_target_has_one_fault_at_a_time() -> None:
    free: dict[str, float] = {}
    for fault in schedule(7, 600, deck(SHAPE), Pace(gap=(0.1, 0.5))):
        assert fault.at >= free.get(fault.target, 0)
        free[fault.target] = fault.at + fault.lasts


def test_where_everything_has_a_fault_the_schedule_ends_nevertheless() -> None:
    few = [card for card in deck(SHAPE) if CENTRAL in card.targets]
    assert schedule(7, 60, few, Pace(gap=(0.1, 0.2)))


def test_only_what_is_over_at_once_is_sudden() -> None:
    sudden = {(fault.kind, fault.target) for fault in schedule(7, 3000, deck(SHAPE)) if fault.sudden}
    assert {kind for kind, _ in sudden} == {"kill", "terminate", "jump"}
    assert CENTRAL not in {target for _, target in sudden}
