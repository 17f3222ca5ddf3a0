"""Frames that no page sends: some end a connection, others are dropped or refused."""

import json
from typing import Any

from ..visitor import OFFER

DEEP = "[" * 20_000


def _frame(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


CLOSED: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello?",
    "half of a JSON object": b'{"type":"stop"',
    "two objects": b'{"type":"stop"}{"type":"stop"}',
    "a list": b'[{"type":"stop"}]',
    "null": b"null",
    "no type": b"{}",
    "a type that is a number": _frame(type=1),
    "a type that is null": _frame(type=None),
    "an unknown type": _frame(type="shout", text="hey"),
    "a type for the other direction": _frame(type="matched", match="m", polite=True),
    "an unknown field": _frame(type="stop", really=True),
    "an unknown field of great depth": f'{{"type":"stop","deep":{DEEP}'.encode(),
    "a great depth": DEEP.encode(),
    "a mode of great depth": f'{{"type":"find","mode":{DEEP}'.encode(),
    "an unknown field inside": _frame(
        type="description", match="m", description={"type": "offer", "sdp": OFFER, "more": 1}
    ),
    "a lacking field": _frame(type="find"),
    "an unknown mode": _frame(type="find", mode="smell"),
    "interests that are a word": _frame(type="find", mode="text", interests="music"),
    "an interest that is a number": _frame(type="find", mode="text", interests=[7]),
    "an empty interest": _frame(type="find", mode="text", interests=[""]),
    "a long interest": _frame(type="find", mode="text", interests=["x" * 33]),
    "eleven interests": _frame(type="find", mode="text", interests=[str(n) for n in range(11)]),
    "a language that is none": _frame(type="find", mode="text", languages=["../etc"]),
    "a flag that is a number": _frame(type="find", mode="text", strict_language=1),
    "a null for a list": _frame(type="find", mode="text", interests=None),
    "an empty chat line": _frame(type="chat", match="m", n=1, text="", id="1"),
    "a long chat line": _frame(type="chat", match="m", n=1, text="x" * 2001, id="1"),
    "a chat line without an id": _frame(type="chat", match="m", n=1, text="x"),
    "a chat line without a number": _frame(type="chat", match="m", text="x", id="1"),
    "a chat line with the number zero": _frame(type="chat", match="m", n=0, text="x", id="1"),
    "a mode that is none": _frame(type="mode", match="m", mode="smell"),
    "no mode": _frame(type="mode", match="m"),
    "a number that is a word": _frame(type="reveal", match="m", n="1"),
    "a number with a fraction": _frame(type="reveal", match="m", n=1.5),
    "a number that JavaScript cannot count": _frame(type="reveal", match="m", n=2**53),
    "a negative acknowledgement": _frame(type="received", match="m", n=-1),
    "an acknowledgement of nothing": _frame(type="received", match="m"),
    "a match that is a number": _frame(type="typing", match=7),
    "a long match": _frame(type="typing", match="m" * 65),
    "a long description": _frame(
        type="description", match="m", description={"type": "offer", "sdp": "x" * 16_385}
    ),
    "no candidates": _frame(type="candidates", match="m", candidates=[]),
    "seventeen candidates": _frame(type="candidates", match="m", candidates=[{"candidate": ""}] * 17),
    "a candidate that is a word": _frame(type="candidates", match="m", candidates=["candidate:1"]),
    "a line number out of bounds": _frame(
        type="candidates", match="m", candidates=[{"candidate": "", "sdpMLineIndex": 256}]
    ),
    "a second hello": _frame(type="hello", token="again", epoch=1),
    "half of a surrogate pair": b'{"type":"chat","match":"m","n":1,"text":"\\ud83d","id":"1"}',
    "a byte order mark": b'\xef\xbb\xbf{"type":"stop"}',
}
"""Frames after a good hello that close the socket with 4400, by their fault."""

NOT_UTF8: dict[str, bytes] = {
    "in a text": b'{"type":"chat","match":"m","n":1,"text":"\xc3\x28","id":"1"}',
    "in a name": b'{"type":"stop","\xff":1}',
    "around": b'\xff{"type":"stop"}',
    "an overlong encoding": b'{"type":"chat","match":"m","n":1,"text":"\xc0\xaf","id":"1"}',
    "half of a surrogate pair as bytes": b'{"type":"chat","match":"m","n":1,"text":"\xed\xa0\xbd","id":"1"}',
}
"""Frames that close the socket with 1007, by where the bytes are that are not UTF-8."""

BAD_EPOCHS: dict[str, Any] = {
    "none": None,
    "a word": "1767225600123",
    "a fraction": 1767225600123.5,
    "zero": 0,
    "negative": -1,
    "more than JavaScript can count": 2**53,
    "more than 64 bits": 2**64,
}
"""Epochs of a `hello` that close the socket with 4400, by their fault. None means no epoch."""

REFUSED_DESCRIPTIONS: dict[str, str] = {
    "empty": "",
    "no SDP": "hello",
    "no certificate": "\r\n".join(line for line in OFFER.split("\r\n") if "fingerprint" not in line),
    "a line that is none": OFFER + "nonsense\r\n",
    "media of another kind": OFFER.replace("m=application", "m=message"),
    "480 sections": OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 480,
    "a NUL": OFFER.replace("s=-", "\0s=-"),
    "HTML": OFFER + "<script>alert(1)</script>\r\n",
}
"""SDPs that no browser makes."""

ABOUT_A_MATCH: dict[str, dict[str, Any]] = {
    "description": {"description": {"type": "offer", "sdp": OFFER}},
    "candidates": {"candidates": [{"candidate": ""}]},
    "chat": {"n": 1, "text": "psst", "id": "1"},
    "received": {"n": 1},
    "typing": {},
    "reveal": {"n": 1},
    "mode": {"mode": "audio"},
    "next": {},
}
"""Frames that are valid except for their match."""
