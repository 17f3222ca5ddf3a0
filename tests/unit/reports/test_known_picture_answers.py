"""An answer of the operator's matcher of known pictures is read, or refused with one error."""

import pytest

from services.contract.errors import Unavailable
from services.reports.shell.evidence.http_picture_matcher import parse_answer


@pytest.mark.parametrize("content", [b'{"known":"list"}', b'{"known":"list","more":[1]}'])
def test_an_answer_names_a_list(content: bytes) -> None:
    assert parse_answer(content) == "list"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b'{"known":1}', b'{"known":"\\n"}', b'{"known":"\xff"}', b'{"more":' + b"[" * 4000],
    ids=["nothing", "no name", "a number", "a line break", "no UTF-8", "a great depth"],
)
def test_another_answer_is_refused(content: bytes) -> None:
    """Python 3.11 allows less depth than the 4,096 bytes of an answer may have."""
    with pytest.raises(Unavailable):
        parse_answer(content)
