"""Ids of matches are like every other random id, and never the same."""

import re
from itertools import islice

from services.matcher.shell.match_ids import match_ids


def test_ids_are_different_and_of_the_right_form() -> None:
    ids = list(islice(match_ids(), 10_000))
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", id) for id in ids)
    assert {id[-1] for id in ids} == {id[1] for id in ids}
