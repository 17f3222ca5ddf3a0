"""Digests prove lines of one match and one sender, under any key of the ring, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from services.contract.ids import MatchId, VisitorId
from services.contract.keys import new_key, parse_ring
from services.contract.line_digests import (
    DIGEST_BYTES,
    MAX_DIGESTS,
    LineDigester,
    split_digests,
    with_digest,
)

OLD, NEW = new_key(), new_key()
DIGESTER = LineDigester(parse_ring(OLD))
MATCH, ADA, BOB = MatchId("m" * 22), VisitorId("a" * 22), VisitorId("b" * 22)
digests = st.integers(0, 30).map(lambda number: number.to_bytes(DIGEST_BYTES, "big"))


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_digest_proves_its_line_alone(said: str, forged: str) -> None:
    digest = DIGESTER.digest(MATCH, ADA, said)
    assert DIGESTER.is_among(digest, MATCH, ADA, said)
    assert DIGESTER.is_among(digest, MATCH, ADA, forged) == (said == forged)
    assert not DIGESTER.is_among(digest, MATCH, BOB, said), "another one said it"
    assert not DIGESTER.is_among(digest, MatchId("n" * 22), ADA, said), "it was said in another match"
    assert not DIGESTER.is_among(b"", MATCH, ADA, said)


def test_a_digest_is_proven_after_the_keys_were_rotated() -> None:
    digest = DIGESTER.digest(MATCH, ADA, "hello")
    rotated = LineDigester(parse_ring(f"{NEW},{OLD}"))
    assert rotated.is_among(digest, MATCH, ADA, "hello")
    assert rotated.digest(MATCH, ADA, "hello") != digest, "the first key makes digests"
    assert not LineDigester(parse_ring(NEW)).is_among(digest, MATCH, ADA, "hello")


@given(st.lists(digests, max_size=60))
def test_the_last_different_digests_are_kept_in_order(added: list[bytes]) -> None:
    kept = b""
    for digest in added:
        kept = with_digest(kept, digest)
    different = list(dict.fromkeys(reversed(added)))[:MAX_DIGESTS]
    assert split_digests(kept) == different[::-1]


@given(st.binary(max_size=300))
def test_anything_can_be_split(joined: bytes) -> None:
    parts = split_digests(joined)
    assert all(len(part) == DIGEST_BYTES for part in parts)
    assert joined.startswith(b"".join(parts))
