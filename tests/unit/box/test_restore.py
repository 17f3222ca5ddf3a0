"""Tests the order of a restore on one box."""

import pytest

from deploy.box.installation import Unusable
from deploy.box.restore import restore_backup


class RecordingCompose:
    """Notes the commands that it is asked to run. Those that are `failing` fail."""

    def __init__(self, *failing: str) -> None:
        self.ran: list[str] = []
        self._failing = failing

    def run(self, *arguments: str, image: str, check: bool = True) -> int:
        assert image == "zufall:1"
        self.ran.append(" ".join(arguments))
        if self.ran[-1] not in self._failing:
            return 0
        if check:
            raise Unusable("failed")
        return 1


STOP = "stop reports"
RESTORE = "exec -T backups zufall backups restore one.age --replace"
MIGRATE = "run --rm migrate"
CONTRACT = "run --rm migrate migrate contract"
START = "up --detach --wait reports"


def test_nobody_uses_the_database_while_it_is_replaced() -> None:
    compose = RecordingCompose()
    restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == [STOP, RESTORE, MIGRATE, START]


def test_the_backup_of_a_much_older_version_gets_all_migrations() -> None:
    compose = RecordingCompose(MIGRATE)
    restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == [STOP, RESTORE, MIGRATE, CONTRACT, START]


@pytest.mark.parametrize(
    ("failing", "ran"),
    [
        ([RESTORE], [STOP, RESTORE, START]),
        ([MIGRATE, CONTRACT], [STOP, RESTORE, MIGRATE, CONTRACT, START]),
    ],
)
def test_what_was_stopped_is_started_also_if_something_fails(failing: list[str], ran: list[str]) -> None:
    compose = RecordingCompose(*failing)
    with pytest.raises(Unusable):
        restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == ran
