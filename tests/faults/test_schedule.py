"""The seed decides the schedule, which contains only possible faults."""

from .schedule import CENTRAL, Pace, Shape, fault_templates, schedule

SHAPE = Shape()


def test_the_same_seed_gives_the_same_schedule() -> None:
    first, again = (schedule(7, 600, fault_templates(SHAPE)) for _ in range(2))
    assert first == again
    assert schedule(8, 600, fault_templates(SHAPE)) != first


def test_delays_are_the_seeds() -> None:
    seeds = [fault.seed for fault in schedule(7, 600, fault_templates(SHAPE))]
    assert len(set(seeds)) == len(seeds)
    assert seeds != [fault.seed for fault in schedule(8, 600, fault_templates(SHAPE))]


def test_every_kind_of_fault_is_drawn() -> None:
    drawn = {
        (fault.kind, fault.target.split("~")[-1][:4]) for fault in schedule(7, 600, fault_templates(SHAPE))
    }
    assert drawn >= {
        (template.kind, template.targets[0].split("~")[-1][:4]) for template in fault_templates(SHAPE)
    }


def test_everything_is_healed_in_the_end() -> None:
    for seed in range(50):
        for fault in schedule(seed, 60, fault_templates(SHAPE)):
            assert fault.at + fault.lasts <= 60.01


def test_a_target_has_one_fault_at_a_time() -> None:
    free: dict[str, float] = {}
    for fault in schedule(7, 600, fault_templates(SHAPE), Pace(gap=(0.1, 0.5))):
        assert fault.at >= free.get(fault.target, 0)
        free[fault.target] = fault.at + fault.lasts


def test_where_everything_has_a_fault_the_schedule_ends_nevertheless() -> None:
    few = [template for template in fault_templates(SHAPE) if CENTRAL in template.targets]
    assert schedule(7, 60, few, Pace(gap=(0.1, 0.2)))


def test_only_faults_that_end_at_once_are_sudden() -> None:
    sudden = {
        (fault.kind, fault.target) for fault in schedule(7, 3000, fault_templates(SHAPE)) if fault.sudden
    }
    assert {kind for kind, _ in sudden} == {"kill", "terminate", "jump"}
    assert CENTRAL not in {target for _, target in sudden}
