"""Draws inputs for parsers: changed samples of the corpus, and bytes of no kind."""

from pathlib import Path

from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"

_TOKENS = (
    b"", b"\0", b"\xff", b"\x80", b"\x7f", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b'"', b"\\",
    b"\\u0000",
    b"\\ud800", b"{", b"}", b"[" * 2000, b'{"a":' * 2000, b"null", b"true", b"-1", b"0", b"1e999", b"1.5",
    b"9007199254740993", b"18446744073709551616", b"\r\n", b"\n", b" ", b"\t", b"\xc1",
    b"\xdf\xff\xff\xff\xff",
    b"\x91" * 2000, b"\xc4\xff", b"\xc7\x00", b"\xca\x7f\xc0\0\0", b"\xcb\x7f\xf0\0\0\0\0\0\0",
    b"\xcf" + b"\xff" * 8, b"\xd3\x80" + b"\0" * 7, b"\x88\x80\0\0\0\0", b"\x81\x80\0\0\0\0",
    b"\x01\x80\0\0\0\0",
    b"\x80\x80\0\0\0\0", b"\x89\x80\0\0\0\0", b"\x81\xfe", b"\x81\xff", b"nan", b"inf", b"1_0", b"[[", b"'''",
    b"::ffff:1.2.3.4", b"fe80::1%", b":65536", "٣".encode(), "\u202e".encode(), "ﷺ".encode() * 8,
)  # fmt: skip
"""Pieces that parsers often mistake: ends of ranges, deep nesting, half characters, odd numbers, headers."""


def samples(parser: str) -> list[bytes]:
    """Return the corpus of a parser, in the order of the files' names."""
    return [file.read_bytes() for file in sorted((CORPUS / parser).iterdir())]


def inputs(parser: str) -> st.SearchStrategy[bytes]:
    """Return a strategy for the inputs of a parser."""
    return st.builds(_changed, st.sampled_from(samples(parser)), _CHANGES) | st.binary(max_size=100)


_CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2**16),
        st.sampled_from((0, 0, 1, 1, 2, 8, 64)),
        st.sampled_from(_TOKENS) | st.binary(max_size=4),
    ),
    max_size=4,
)
"""Each change is a place, how many bytes go there, and which come instead."""


def _changed(sample: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, gone, new in changes:
        start = place % (len(sample) + 1)
        sample = sample[:start] + new + sample[start + gone :]
    return sample
