"""What is wrong with a message is said without quoting it."""

from typing import Literal

import msgspec
import pytest

from services.contract.decoding import decode, describe


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    """A part of a message."""

    kind: Literal["a", "b"] = "a"
    number: int = 0


class Outer(msgspec.Struct, tag="outer"):
    """A message with a part."""

    inner: Inner


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b'{"type": "canary", "inner": {}}', "Invalid value - at `$.type`"),
        (
            b'{"type": "outer", "inner": {"kind": "canary\'s \\n`x`"}}',
            "Invalid enum value - at `$.inner.kind`",
        ),
        (b'{"type": "outer", "inner": {"canary` at": 1}}', "Object contains unknown field"),
        (
            b'{"type": "outer", "inner": {"number": "canary"}}',
            "Expected `int`, got `str` - at `$.inner.number`",
        ),
        (b'{"type": "outer"}', "Object missing required field `inner`"),
        (b'{"type": "\xff"}', "it is not valid UTF-8"),
        (b'{"type": "outer", "inner": {}, "x":' + b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_refusal_quotes_nothing(sent: bytes, why: str) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError, RecursionError)) as refused:
        msgspec.json.decode(sent, type=Outer)
    assert describe(refused.value) == why


def test_what_another_process_wrote_is_not_quoted_either() -> None:
    with pytest.raises(msgspec.DecodeError, match=r"^it is not valid UTF-8$"):
        decode(msgspec.msgpack.Decoder(str), b"\xa1\xff")
