"""The bytes that wait for all slow readers together."""

from services.signaling.shell.queue_budget import QueueBudget


class Reader:
    """A reader for whom bytes wait."""

    def __init__(self) -> None:
        self.size = 0
        self.cut = False

    def queued_bytes(self) -> int:
        return self.size

    def cut_off(self) -> None:
        self.cut = True
        self.size = 0

    def grow(self, budget: QueueBudget, size: int) -> None:
        self.size += size
        budget.update(self, self.size)


def test_the_longest_queues_are_cut_first() -> None:
    budget, readers = QueueBudget(1000), [Reader() for _ in range(10)]
    for number, reader in enumerate(readers):
        reader.grow(budget, 10 * number)
    assert not any(reader.cut for reader in readers)
    readers[9].grow(budget, 600)
    assert [reader.cut for reader in readers] == [False] * 9 + [True]
    readers[0].grow(budget, 700)
    assert [reader.cut for reader in readers] == [True] + [False] * 8 + [True]


def test_what_was_read_meanwhile_does_not_count() -> None:
    budget, one, other = QueueBudget(1000), Reader(), Reader()
    one.grow(budget, 900)
    one.size = 50
    other.grow(budget, 900)
    assert not one.cut
    assert not other.cut


def test_no_number_of_queues_exceeds_the_budget() -> None:
    budget, readers = QueueBudget(10_000), [Reader() for _ in range(500)]
    for turn in range(20):
        for number, reader in enumerate(readers):
            if not reader.cut:
                reader.grow(budget, 1 + number * turn % 97)
            assert sum(one.size for one in readers) <= 10_000


def test_an_ended_queue_is_forgotten() -> None:
    budget, one = QueueBudget(1000), Reader()
    one.grow(budget, 900)
    budget.update(one, 0)
    assert not budget._sizes
    assert not budget._total
