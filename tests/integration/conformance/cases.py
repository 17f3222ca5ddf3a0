"""What a client sends and what a gateway must answer, numbered as in the Autobahn test suite.

A gateway is no echo server. Where Autobahn waits for an echo, these cases send `next`, which is answered with
the error `no_wish` because nobody searches. Only text is allowed and 32 KiB at most, so binary messages end
with 4400 and longer ones with 4413. The numbers R… are rules of RFC 6455 that Autobahn has no case for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.contract.errors import CloseCode
from services.signaling.core.messages import MAX_FRAME_BYTES

from .frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    NEXT,
    NO_CODE,
    PING,
    PONG,
    TEXT,
    binary,
    chopped,
    close,
    closed_with,
    fragments_of,
    next_of,
    octets,
    ping,
    pong,
    raw,
    split,
    text,
)
from .utf8 import KOSME, SEQUENCES, is_valid

Answer = str | bytes | int
"""The code of an `error` message, the payload of a pong, or the code of a close frame, which is the last."""

NEXT_TEXT = NEXT.decode()
(ONE_NEXT,) = text(NEXT_TEXT)
HALVES = text('{"type":', '"next"}')
EVERY_BYTE = bytes(range(0x80, 0x100))[:125]
BROKEN, NOT_UTF8 = 1002, 1007
BAD, LARGE, FAST = int(CloseCode.BAD_FRAME), int(CloseCode.TOO_LARGE), int(CloseCode.TOO_FAST)
MOST = MAX_FRAME_BYTES


@dataclass(frozen=True, slots=True)
class Case:
    """`writes` are sent one by one. If no answer is a close code, the socket must still work afterwards."""

    number: str
    writes: tuple[bytes, ...]
    answers: tuple[Answer, ...]

    @property
    def closes(self) -> bool:
        return isinstance(next(reversed(self.answers), None), int)


def _case(number: str, writes: bytes | tuple[bytes, ...], *answers: Answer) -> Case:
    return Case(number, (writes,) if isinstance(writes, bytes) else writes, answers)


def _framing() -> Iterator[Case]:
    """1: Text and binary messages of all lengths of the length field."""
    yield _case("1.1.1", text(""), "bad_frame", BAD)
    for number, size in enumerate((125, 126, 127, 128, MOST), 2):
        yield _case(f"1.1.{number}", text(next_of(size)), "no_wish")
    yield _case("1.1.7", text(next_of(65_536)), LARGE)
    yield _case("1.1.8", chopped(997, *text(next_of(MOST))), "no_wish")
    for number, size in enumerate((0, 125, 126, 127, 128, MOST), 1):
        yield _case(f"1.2.{number}", binary(b"\xfe" * size), "bad_frame", BAD)
    yield _case("1.2.7", binary(b"\xfe" * 65_536), LARGE)
    yield _case("1.2.8", chopped(997, *binary(b"\xfe" * MOST)), "bad_frame", BAD)


def _pings() -> Iterator[Case]:
    """2: Pings and pongs."""
    yield _case("2.1", ping(), b"")
    yield _case("2.2", ping(b"Hello, world!"), b"Hello, world!")
    yield _case("2.3", ping(b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")
    yield _case("2.4", ping(EVERY_BYTE), EVERY_BYTE)
    yield _case("2.5", raw(PING, b"\xfe" * 126), BROKEN)
    yield _case("2.6", octets(ping(EVERY_BYTE)), EVERY_BYTE)
    yield _case("2.7", pong())
    yield _case("2.8", pong(b"unsolicited"))
    yield _case("2.9", (pong(b"unsolicited"), ping(b"solicited")), b"solicited")
    ten = tuple(f"payload-{number}".encode() for number in range(10))
    yield _case("2.10", b"".join(map(ping, ten)), *ten)
    yield _case("2.11", octets(*map(ping, ten)), *ten)


def _reserved_bits() -> Iterator[Case]:
    """3: Bits that belong to extensions, of which none is agreed on."""
    yield _case("3.1", raw(TEXT, NEXT, reserved=1), BROKEN)
    yield _case("3.2", (ONE_NEXT, raw(TEXT, NEXT, reserved=2), ping()), "no_wish", BROKEN)
    yield _case("3.3", ONE_NEXT + raw(TEXT, NEXT, reserved=3) + ping(), "no_wish", BROKEN)
    yield _case("3.4", octets(ONE_NEXT, raw(TEXT, NEXT, reserved=4), ping()), "no_wish", BROKEN)
    yield _case("3.5", raw(BINARY, b"\0\xff", reserved=5), BROKEN)
    yield _case("3.6", raw(PING, b"Hello, world!", reserved=6), BROKEN)
    yield _case("3.7", raw(CLOSE, b"\x03\xe8", reserved=7), BROKEN)


def _reserved_opcodes() -> Iterator[Case]:
    """4: Opcodes without a meaning: 3 to 7, and 11 to 15 of control frames."""
    for group, first in ((1, 3), (2, 11)):
        number = f"4.{group}"
        yield _case(f"{number}.1", raw(first), BROKEN)
        yield _case(f"{number}.2", raw(first + 1, b"reserved"), BROKEN)
        yield _case(f"{number}.3", (ONE_NEXT, raw(first + 2), ping()), "no_wish", BROKEN)
        yield _case(f"{number}.4", (ONE_NEXT, raw(first + 3, b"reserved"), ping()), "no_wish", BROKEN)
        yield _case(f"{number}.5", octets(ONE_NEXT, raw(first + 4, b"reserved"), ping()), "no_wish", BROKEN)


def _fragments() -> Iterator[Case]:
    """5: Messages in fragments, with control frames between them."""
    begin, end = HALVES
    nothing, final_nothing = (raw(CONTINUATION, b"nothing", final=final) for final in (False, True))
    yield _case("5.1", (raw(PING, b"frag", final=False), raw(CONTINUATION, b"ment")), BROKEN)
    yield _case("5.2", (raw(PONG, b"frag", final=False), raw(CONTINUATION, b"ment")), BROKEN)
    yield _case("5.3", begin + end, "no_wish")
    yield _case("5.4", (begin, end), "no_wish")
    yield _case("5.5", octets(begin, end), "no_wish")
    yield _case("5.6", begin + ping(b"between") + end, b"between", "no_wish")
    yield _case("5.7", (begin, ping(b"between"), end), b"between", "no_wish")
    yield _case("5.8", octets(begin, ping(b"between"), end), b"between", "no_wish")
    yield _case("5.9", final_nothing + ONE_NEXT, BROKEN)
    yield _case("5.10", (final_nothing, ONE_NEXT), BROKEN)
    yield _case("5.11", octets(final_nothing, ONE_NEXT), BROKEN)
    yield _case("5.12", nothing + ONE_NEXT, BROKEN)
    yield _case("5.13", (nothing, ONE_NEXT), BROKEN)
    yield _case("5.14", octets(nothing, ONE_NEXT), BROKEN)
    yield _case("5.15", begin + end + nothing + ONE_NEXT, "no_wish", BROKEN)
    yield _case("5.16", (nothing, begin, end) * 2, BROKEN)
    yield _case("5.17", (final_nothing, begin, end) * 2, BROKEN)
    yield _case("5.18", (begin, raw(TEXT, b'"next"}')), BROKEN)
    pieces = text("{", '"type"', ":", '"next"', "}")
    pinged = (pieces[0], pieces[1], ping(b"1"), pieces[2], pieces[3], ping(b"2"), pieces[4])
    yield _case("5.19", pinged, b"1", b"2", "no_wish")
    yield _case("5.20", b"".join(pinged), b"1", b"2", "no_wish")


def _invalid_texts() -> Iterator[Case]:
    """6: Texts that are not UTF-8, or no messages. Valid ones are relayed to a partner in another test.

    aiohttp's parser gives us whole messages. So 6.4 is refused when the message ends, and not at once.
    """
    invalid = KOSME + b"\xed\xa0\x80" + b"edited"
    beyond, tail = KOSME + b"\xf4\x90\x80\x80", b"edited"
    yield _case("6.1.1", text(""), "bad_frame", BAD)
    yield _case("6.1.2", text("", "", ""), "bad_frame", BAD)
    yield _case("6.1.3", text("", NEXT_TEXT, ""), "no_wish")
    yield _case("6.3.1", raw(TEXT, invalid), NOT_UTF8)
    yield _case("6.3.2", fragments_of(*(invalid[at : at + 1] for at in range(len(invalid)))), NOT_UTF8)
    yield _case("6.4.1", fragments_of(KOSME, beyond[len(KOSME) :], tail), NOT_UTF8)
    yield _case("6.4.2", fragments_of(beyond[:-1], beyond[-1:], tail), NOT_UTF8)
    yield _case("6.4.3", chopped(20, raw(TEXT, beyond + tail)), NOT_UTF8)
    yield _case("6.4.4", octets(raw(TEXT, beyond + tail)), NOT_UTF8)
    yield _case("6.7.1", raw(TEXT, b'{"type":"\x00"}'), "bad_frame", BAD)  # UTF-8, but JSON forbids it
    for group, sequences in SEQUENCES.items():
        for number, sequence in enumerate(sequences, 1):
            if not is_valid(group, number, sequence):
                yield _case(f"{group}.{number}", raw(TEXT, sequence), NOT_UTF8)


def _closes() -> Iterator[Case]:
    """7: The closing handshake, its codes and its reasons."""
    goodbye, (begin, end) = close(1000), HALVES
    yield _case("7.1.1", ONE_NEXT + goodbye, "no_wish", 1000)
    yield _case("7.1.2", goodbye + goodbye, 1000)
    yield _case("7.1.3", goodbye + ping(b"late"), 1000)
    yield _case("7.1.4", goodbye + ONE_NEXT, 1000)
    yield _case("7.1.5", begin + goodbye + end, 1000)
    yield _case("7.1.6", text(next_of(256 * 1024))[0] + goodbye + ping(), LARGE)
    yield _case("7.3.1", close(), NO_CODE)
    yield _case("7.3.2", raw(CLOSE, b"a"), BROKEN)
    yield _case("7.3.3", close(1000), 1000)
    yield _case("7.3.4", close(1000, "Hello World!"), 1000)
    yield _case("7.3.5", close(1000, "*" * 123), 1000)
    yield _case("7.3.6", raw(CLOSE, b"\x03\xe8" + b"*" * 124), BROKEN)
    yield _case("7.5.1", raw(CLOSE, b"\x03\xe8" + KOSME + b"\xed\xa0\x80edited"), NOT_UTF8)
    valid = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
    for number, code in enumerate(valid, 1):
        yield _case(f"7.7.{number}", close(code), code)
    for number, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999), 1):
        yield _case(f"7.9.{number}", closed_with(code), BROKEN)
    yield _case("7.13.1", closed_with(5000), BROKEN)
    yield _case("7.13.2", closed_with(65535), BROKEN)


def _limits() -> Iterator[Case]:
    """9: Long messages, long ones in fragments or pieces, and many."""
    kib = 1024
    for number, size in enumerate((64, 256, 1024), 1):
        yield _case(f"9.1.{number}", text(next_of(size * kib)), LARGE)
        yield _case(f"9.2.{number}", binary(b"\xfe" * size * kib), LARGE)
    for number, size in enumerate((64, 256, kib, 4 * kib, 16 * kib), 1):
        yield _case(f"9.3.{number}", text(*split(next_of(MOST), size)), "no_wish")
        yield _case(f"9.4.{number}", text(*split(next_of(MOST + 1), size)), LARGE)
    for number, size in enumerate((64, 128, 256, 512, kib, 2 * kib), 1):
        yield _case(f"9.5.{number}", chopped(size, *text(next_of(MOST))), "no_wish")
        yield _case(f"9.6.{number}", chopped(size, *text(next_of(MOST + 1))), LARGE)
    for number, size in enumerate((15, 64, 256, kib, 4 * kib), 1):
        yield _case(f"9.7.{number}", text(next_of(size)) * 100, *["no_wish"] * 100)
    yield _case("10.1.1", text(*split(next_of(MOST), 1300)), "no_wish")
    yield _case("R7.4-1", text(next_of(MOST + 1)), LARGE)
    yield _case("R7.4-2", raw(TEXT, length_bytes=8)[:2] + (1 << 62).to_bytes(8), LARGE)
    yield _case("R7.4-3", raw(TEXT, length_bytes=8)[:2] + (1 << 63).to_bytes(8), LARGE)


def _headers() -> Iterator[Case]:
    """Rules of RFC 6455 about headers that Autobahn has no case for; the number is that of the section."""
    (empty,) = text("", "")[:1]
    yield _case("R5.1-1", raw(TEXT, NEXT, masked=False), BROKEN)
    yield _case("R5.1-2", raw(PING, masked=False), BROKEN)
    yield _case("R5.1-3", raw(CLOSE, b"\x03\xe8", masked=False), BROKEN)
    yield _case("R5.1-4", ONE_NEXT + raw(TEXT, NEXT, masked=False) + ping(), "no_wish", BROKEN)
    yield _case("R5.1-5", octets(ONE_NEXT, raw(TEXT, NEXT, masked=False), ping()), "no_wish", BROKEN)
    yield _case("R5.1-6", (HALVES[0], raw(CONTINUATION, b'"next"}', masked=False)), BROKEN)
    yield _case("R5.2-1", raw(TEXT, NEXT, length_bytes=2), BROKEN)
    yield _case("R5.2-2", raw(TEXT, NEXT, length_bytes=8), BROKEN)
    yield _case("R5.2-3", raw(TEXT, next_of(126).encode(), length_bytes=8), BROKEN)
    yield _case("R5.2-4", raw(PING, b"", length_bytes=2), BROKEN)
    yield _case("R5.2-5", raw(PING, b"", length_bytes=8), BROKEN)
    yield _case("R5.4-1", (empty, ONE_NEXT), BROKEN)
    yield _case("R5.4-2", octets(empty, ping(b"1"), ONE_NEXT), b"1", BROKEN)
    yield _case("R5.4-3", (empty, raw(BINARY)), BROKEN)
    yield _case("R5.5-1", raw(CLOSE, b"\x03\xe8", final=False), BROKEN)
    yield _case("R7.2-1", b"\0" * 64, BROKEN)
    yield _case("R7.2-2", b"\xff" * 64, BROKEN)
    yield _case("R7.2-3", b"GET / HTTP/1.1\r\nHost: zufall.test\r\n\r\n", BROKEN)
    yield _case("R7.4-4", closed_with(1015), BROKEN)
    yield _case("R9-1", raw(TEXT, b"\xaa\x56*\xa9,HU\xb2R\xcaH\xad(Q\xaa\x05\x00", reserved=4), BROKEN)


CASES: tuple[Case, ...] = (
    *_framing(), *_pings(), *_reserved_bits(), *_reserved_opcodes(), *_fragments(), *_invalid_texts(),
    *_closes(), *_limits(), *_headers(),
)  # fmt: skip

VALID_TEXTS: dict[str, tuple[bytes, ...]] = {
    "6.2.1": (b"Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!",),
    "6.2.2": (b"Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4", b"\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!"),
    "6.2.3": tuple(KOSME[at : at + 1] for at in range(len(KOSME))),  # in the middle of characters
    "6.2.4": tuple("𝄞 €"[at : at + 1].encode() for at in range(3)),
    **{
        f"{group}.{number}": (sequence,)
        for group, sequences in SEQUENCES.items()
        for number, sequence in enumerate(sequences, 1)
        if is_valid(group, number, sequence) and sequence >= b" "  # JSON forbids the NUL of 6.7.1
    },
}
"""The fragments of texts that a partner must get byte for byte."""
