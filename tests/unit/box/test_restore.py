"""Tests the order of a restore on one box."""

import pytest

from deploy.box.installation import Unusable
from deploy.box.restore import restore_backup


class RecordingCompose:
    """Notes what it is asked to run, and refuses what contains a word."""

    def __init__(self, refused: str = "") -> None:
        self.ran: list[str] = []
        self._refused = refused

    def run(self, *arguments: str, image: str, check: bool = True) -> int:
        assert image == "zufall:1"
        self.ran.append(" ".join(arguments))
        if self._refused and self._refused in arguments:
            raise Unusable("refused")
        return 0


STOP = "stop reports"
RESTORE = "exec -T backups zufall backups restore one.age --replace"
MIGRATE = "run --rm migrate"
START = "up --detach --wait --no-deps reports"


def test_nobody_uses_the_database_while_it_is_replaced() -> None:
    compose = RecordingCompose()
    restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == [STOP, RESTORE, MIGRATE, START]


@pytest.mark.parametrize(
    ("refused", "ran"), [("exec", [STOP, RESTORE, START]), ("migrate", [STOP, RESTORE, MIGRATE, START])]
)
def test_what_was_stopped_is_started_also_if_something_fails(refused: str, ran: list[str]) -> None:
    compose = RecordingCompose(refused)
    with pytest.raises(Unusable):
        restore_backup(compose, "one.age", "zufall:1", say=lambda _: None)
    assert compose.ran == ran
