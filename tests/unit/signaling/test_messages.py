"""Every valid frame of the browser protocol is parsed completely, and every invalid one is refused."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.version import VERSION
from services.signaling.core import messages
from services.signaling.core.messages import (
    MAX_FRAME_BYTES,
    Block,
    Candidate,
    Candidates,
    Chat,
    Description,
    Find,
    FromBrowser,
    Hello,
    Next,
    Received,
    Reveal,
    Rewind,
    SessionDescription,
    Stop,
    ToBrowser,
    Typing,
    encode,
    parse,
    parse_hello,
)
from tools.interfaces.frame_examples import EXAMPLES

GOOD: list[FromBrowser] = [
    Hello("token", 1),
    Hello("t" * 4096, 2**53 - 1, "0.0.1", "m" * 8192, "p" * 4096, "de-Latn-AT"),
    Hello("token", 1, version="99999.0.99999"),
    Find("video"),
    Find("audio", ["x" * 32] * 10, ["zh-Hant-TW"] * 5, True, ["AT"] * 20),
    Find("text", interests=["🌍" * 32]),
    Next(),
    Next("m" * 64),
    Stop(),
    Rewind("m"),
    Block("p"),
    Typing("m"),
    Reveal("m", 1),
    Received("m", 0),
    Received("m", 2**53 - 1),
    Chat("m", 2**53 - 1, "x" * 2000, "i" * 64),
    Chat("m", 1, '\0\u2028\U0010ffff\r\n"\\', "1"),
    Description("m", SessionDescription("offer", "s" * 16 * 1024)),
    Description("m", SessionDescription("rollback")),
    Candidates("m", [Candidate("c" * 1024, "0" * 64, 255, "u" * 256)] * 16),
    Candidates("m", [Candidate("")]),
]


@pytest.mark.parametrize("message", GOOD, ids=lambda message: type(message).__name__)
def test_a_valid_frame_is_parsed_completely(message: FromBrowser) -> None:
    frame = encode(message)
    assert json.loads(frame)["type"] == type(message).__struct_config__.tag
    assert frame.startswith(b'{"type":')
    assert parse(frame) == message


def test_every_frame_type_has_a_valid_example() -> None:
    shown = {type(message) for message in [*GOOD, *EXAMPLES]}
    assert shown == {*get_args(FromBrowser), *get_args(ToBrowser)}


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_only_frames_of_browsers_are_accepted(message: FromBrowser | ToBrowser) -> None:
    frame = encode(message)
    if isinstance(message, FromBrowser):
        assert parse(frame) == message
    else:
        with pytest.raises(ValueError, match="Invalid value"):
            parse(frame)


def test_the_order_of_fields_and_white_space_do_not_matter() -> None:
    frame = b' {"id" : "1",\n"text":"a", "n":1,"match":"m","type":"chat"}\r\n '
    assert parse(frame) == Chat("m", 1, "a", "1")


def test_an_absent_and_an_empty_list_are_the_same_wish() -> None:
    assert parse(b'{"type":"find","mode":"text","interests":[]}') == Find("text")


def test_a_pair_of_escaped_surrogates_is_a_character() -> None:
    frame = b'{"type":"chat","match":"m","n":1,"text":"\\ud83d\\ude00","id":"1"}'
    assert parse(frame) == Chat("m", 1, "😀", "1")


MALFORMED = {
    "nothing": b"",
    "white space": b"  ",
    "no JSON": b"hello",
    "half": b'{"type":"stop"',
    "two": b'{"type":"stop"}{"type":"stop"}',
    "single quotes": b"{'type':'stop'}",
    "a trailing comma": b'{"type":"stop",}',
    "a comment": b'{"type":"stop"}//',
    "a byte order mark": b'\xef\xbb\xbf{"type":"stop"}',
    "UTF-16": '{"type":"stop"}'.encode("utf-16"),
    "NUL": b'{"type":"stop"}\0',
    "a bare line break": b'{"type":"chat","match":"m","n":1,"text":"a\nb","id":"1"}',
    "a list": b'[{"type":"stop"}]',
    "a string": b'"stop"',
    "null": b"null",
    "a number": b"1",
    "NaN": b'{"type":"candidates","match":"m","candidates":[{"candidate":"","sdpMLineIndex":NaN}]}',
    "depth": b"[" * MAX_FRAME_BYTES,
    "depth before the type": b'{"x":' + b"[" * 15_000 + b"]" * 15_000 + b',"type":"stop"}',
    "objects before the type": b'{"x":' + b'{"x":' * 5_000 + b"1" + b"}" * 5_000 + b',"type":"stop"}',
    "depth after the type": b'{"type":"stop","x":' + b"[" * 15_000 + b"]" * 15_000 + b"}",
}

NOT_UTF8 = {
    "in a text": b'{"type":"chat","match":"m","n":1,"text":"\xff","id":"1"}',
    "cut off": b'{"type":"chat","match":"m","n":1,"text":"\xe2\x82","id":"1"}',
    "overlong": b'{"type":"chat","match":"m","n":1,"text":"\xc0\x80","id":"1"}',
    "a surrogate in UTF-8": b'{"type":"chat","match":"m","n":1,"text":"\xed\xa0\x80","id":"1"}',
    "in a field name": b'{"type":"chat","match":"m","n":1,"text":"a","id":"1","\xff":1}',
    "in the type": b'{"type":"st\xffop"}',
    "in a list": b'{"type":"find","mode":"video","interests":["\xff"]}',
    "in a candidate": b'{"type":"candidates","match":"m","candidates":[{"candidate":"\xff"}]}',
    "in a value that is skipped to find the type": b'{"x":"\xff","type":"stop"}',
}

SURROGATES = {
    "a lone high one": rb'{"type":"chat","match":"m","n":1,"text":"\ud800","id":"1"}',
    "a lone low one": rb'{"type":"chat","match":"m","n":1,"text":"\udc00","id":"1"}',
    "in the wrong order": rb'{"type":"chat","match":"m","n":1,"text":"\udc00\ud800","id":"1"}',
    "high and a letter": rb'{"type":"find","mode":"video","interests":["\ud800x"]}',
}

TWO_TYPES = {
    "the second is for browsers": b'{"type":"typing","match":"m","type":"banned"}',
    "the first is for browsers": b'{"type":"banned","match":"m","type":"typing"}',
    "both are good": b'{"type":"typing","match":"m","type":"reveal"}',
    "escaped": rb'{"type":"typing","match":"m","t\u0079pe":"banned"}',
    "after the fields": b'{"match":"m","type":"typing","type":"banned"}',
}


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(frame, id=f"{kind}: {name}")
        for kind, frames in {
            "malformed": MALFORMED,
            "not UTF-8": NOT_UTF8,
            "surrogates": SURROGATES,
            "two types": TWO_TYPES,
        }.items()
        for name, frame in frames.items()
    ],
)
def test_bytes_that_are_no_frame_are_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w+") as refused:
        parse(frame)
    assert type(refused.value) is ValueError, "one kind of error, whatever is wrong"


def _find(**fields: Any) -> dict[str, Any]:
    return {"type": "find", "mode": "video", **fields}


def _candidate(**fields: Any) -> dict[str, Any]:
    return {"type": "candidates", "match": "m", "candidates": [{"candidate": "", **fields}]}


def _description(**fields: Any) -> dict[str, Any]:
    return {"type": "description", "match": "m", "description": {"type": "offer", "sdp": "v=0", **fields}}


CHAT = {"type": "chat", "match": "m", "n": 1, "text": "a", "id": "1"}
HELLO = {"type": "hello", "token": "t", "epoch": 1}

BAD: list[dict[str, Any]] = [
    {},
    {"type": None},
    {"type": 1},
    {"type": ["stop"]},
    {"type": ""},
    {"type": "Stop"},
    {"type": "shout"},
    {"type": "stop", "now": True},
    {"type": "stop", "match": "m"},
    {"Type": "stop"},
    {"type": "hello"},
    {"type": "hello", "token": "t"},
    {"type": "hello", "epoch": 1},
    HELLO | {"token": ""},
    HELLO | {"token": None},
    HELLO | {"token": "t" * 4097},
    *(HELLO | {"epoch": epoch} for epoch in (0, -1, 2**53, 2**64, 10**400, 1.5, "1", None, True, [1])),
    HELLO | {"memory": ""},
    HELLO | {"memory": None},
    HELLO | {"memory": "m" * 8193},
    HELLO | {"pass": ""},
    HELLO | {"pass": None},
    HELLO | {"pass_": "p"},
    HELLO | {"locale": "d"},
    HELLO | {"locale": "de\n"},
    *(HELLO | {"version": version} for version in ("", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.3\n", 1, None)),
    HELLO | {"version": "100000.0.0"},
    {"type": "find"},
    _find(mode="smell"),
    _find(mode=None),
    _find(interests=None),
    _find(interests="music"),
    _find(interests=[""]),
    _find(interests=["x" * 33]),
    _find(interests=["x"] * 11),
    _find(interests=["x"] * 7000),
    _find(interests=[1]),
    _find(languages=["en"] * 6),
    _find(languages=["e"]),
    _find(languages=["engl"]),
    _find(languages=["de_AT"]),
    _find(languages=["de-"]),
    _find(languages=["dé"]),
    _find(languages=["de\n"]),
    _find(languages=["\nde"]),
    _find(languages=["de" + "-abcdefgh" * 4]),
    _find(strict_language=1),
    _find(strict_language="true"),
    _find(avoid_countries=["AT"] * 21),
    _find(avoid_countries=["AUT"]),
    _find(avoid_countries=["A1"]),
    _find(avoid_countries=["AT\n"]),
    _find(age=7),
    {"type": "next", "match": None},
    {"type": "next", "match": ""},
    {"type": "next", "match": 5},
    {"type": "rewind"},
    {"type": "block"},
    {"type": "block", "pass": ""},
    {"type": "block", "visitor": "somebody"},
    {"type": "typing"},
    {"type": "typing", "match": "m" * 65},
    {"type": "reveal", "match": "m"},
    {"type": "reveal", "match": ["m"], "n": 1},
    *({"type": "reveal", "match": "m", "n": n} for n in (0, -1, 2**53, 1.5, "1", None)),
    {"type": "received", "match": "m"},
    *({"type": "received", "match": "m", "n": n} for n in (-1, 2**53, 0.5, "1", None)),
    *(CHAT | {"n": n} for n in (0, -1, 2**53, 1.5, "1", None)),
    CHAT | {"text": ""},
    CHAT | {"text": "x" * 2001},
    CHAT | {"text": 5},
    CHAT | {"text": None},
    CHAT | {"id": ""},
    CHAT | {"id": "i" * 65},
    CHAT | {"from": "somebody else"},
    {"type": "chat", "match": "m", "n": 1, "text": "a"},
    {"type": "chat", "match": "m", "text": "a", "id": "1"},
    {"type": "description", "match": "m"},
    {"type": "description", "match": "m", "description": "v=0"},
    _description(type="request"),
    _description(type=None),
    _description(sdp=None),
    _description(sdp="s" * (16 * 1024 + 1)),
    _description(extra=1),
    {"type": "candidates", "match": "m", "candidates": []},
    {"type": "candidates", "match": "m", "candidates": [{"candidate": ""}] * 17},
    {"type": "candidates", "match": "m", "candidates": {"candidate": ""}},
    {"type": "candidates", "match": "m", "candidates": [{}]},
    {"type": "candidates", "match": "m", "candidates": [None]},
    _candidate(candidate="c" * 1025),
    _candidate(candidate=None),
    _candidate(sdpMid="0" * 65),
    _candidate(sdpMid=0),
    _candidate(sdpMLineIndex=-1),
    _candidate(sdpMLineIndex=256),
    _candidate(sdpMLineIndex=0.5),
    _candidate(sdpMLineIndex=10**30),
    _candidate(usernameFragment="u" * 257),
    _candidate(sdp_mid="0"),
    _candidate(address="10.0.0.1"),
]


@pytest.mark.parametrize("frame", BAD, ids=lambda frame: json.dumps(frame)[:60])
def test_an_invalid_frame_is_refused(frame: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        parse(json.dumps(frame).encode())


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_are_refused(frame: bytes) -> None:
    try:
        parse(frame)
    except ValueError:
        return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["match", "n", "text", "id", "mode", "interests", "description", "candidates", "token", "epoch", "memory"]
)
types = st.sampled_from([cls.__struct_config__.tag for cls in get_args(FromBrowser)])


@pytest.mark.no_cover
@given(types, st.dictionaries(fields, json_values, max_size=4))
def test_any_fields_parse_or_are_refused(kind: str, rest: dict[str, Any]) -> None:
    frame = json.dumps({"type": kind, **rest}).encode()
    try:
        message = parse(frame)
    except ValueError:
        return
    assert parse(encode(message)) == message


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_any_text_survives_the_encoding(text: str) -> None:
    frame = json.dumps(CHAT | {"text": text}, ensure_ascii=False).encode()
    message = parse(frame)
    assert isinstance(message, Chat)
    assert message.text == text


# --- a newer page ----------------------------------------------------------------------------------

NEWER = ".".join(str(int(number) + 1) for number in VERSION.split("."))


def _hello(**fields: Any) -> bytes:
    return json.dumps(HELLO | fields).encode()


@pytest.mark.parametrize("newer", [NEWER, "0.10.0", "99999.0.0"])
def test_unknown_fields_of_a_newer_page_are_ignored(newer: str) -> None:
    said = _hello(version=newer, memory="m", **{"pass": "p"}, locale="de", colour="red", more={"a": [1]})
    assert parse_hello(said) == Hello("t", 1, newer, "m", "p", "de")
    with pytest.raises(ValueError, match="unknown field"):
        parse(said)


@pytest.mark.parametrize("version", [VERSION, "0.1.99999", "0.0.0"])
def test_unknown_fields_of_an_older_page_are_refused(version: str) -> None:
    assert parse_hello(_hello(version=version)) == Hello("t", 1, version)
    for fields in ({"version": version, "colour": "red"}, {"colour": "red"}):
        with pytest.raises(ValueError, match="unknown field"):
            parse_hello(_hello(**fields))


@pytest.mark.parametrize(
    "fields",
    [{"epoch": 0}, {"epoch": 2**53}, {"token": ""}, {"memory": "m" * 8193}, {"pass": 1}, {"type": "hullo"}],
)
def test_a_hello_of_a_newer_page_must_be_valid_otherwise(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        parse_hello(_hello(version=NEWER, colour="red", **fields))


def test_only_a_hello_may_have_unknown_fields() -> None:
    assert parse_hello(b'{"type":"stop"}') == Stop()
    with pytest.raises(ValueError, match="unknown field"):
        parse_hello(b'{"type":"stop","version":"99.0.0","token":"t","epoch":1}')


@pytest.mark.parametrize("frame", [b"", b"[" * 30_000, b'{"type":"hello","version":"99.0.0","token":"\xff"}'])
def test_bytes_that_are_no_hello_are_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w+") as refused:
        parse_hello(frame)
    assert type(refused.value) is ValueError


def test_messages_cannot_be_changed() -> None:
    for cls in messages.Message.__subclasses__():
        assert cls.__struct_config__.frozen
        assert cls.__struct_config__.forbid_unknown_fields
