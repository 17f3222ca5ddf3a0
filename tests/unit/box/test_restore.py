"""Tests the order of a restore on one box."""

import pytest

from deploy.box.installation import Unusable
from deploy.box.restore import restore_backup


class RecordingCompose:
    """Notes what it is asked to run, and refuses some of it."""

    def __init__(self, *refused: str) -> None:
        self.ran: list[str] = []
        self._refused = refused

    def run(self, *arguments: str, image: str, check: bool = True) -> int:
        assert image == "zufall:1"
        self.ran.append(" ".join(arguments))
        refused = self.ran[-1] in self._refused
        if refused and check:
            raise Unusable("refused")
        return int(refused)


STOP = "stop reports"
RESTORE = "exec -T backups zufall backups restore one.age --replace"
MIGRATE = "run --rm migrate"
CONTRACT = "run --rm migrate migrate contract"
START = "up --detach --wait reports"


def test_nobody_uses_the_database_while_it_is_replaced() -> None:
    compose = RecordingCompose()
    restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == [STOP, RESTORE, MIGRATE, START]


def test_a_backup_of_a_much_older_version_is_brought_all_the_way_up_to_date() -> None:
    """`expand` refuses to go past what an earlier update has removed."""
    compose = RecordingCompose(MIGRATE)
    restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == [STOP, RESTORE, MIGRATE, CONTRACT, START]


@pytest.mark.parametrize(
    ("refused", "ran"),
    [((RESTORE,), [STOP, RESTORE, START]), ((MIGRATE, CONTRACT), [STOP, RESTORE, MIGRATE, CONTRACT, START])],
)
def test_what_was_stopped_is_started_also_if_something_fails(
    refused: tuple[str, ...], ran: list[str]
) -> None:
    compose = RecordingCompose(*refused)
    with pytest.raises(Unusable):
        restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == ran
