"""A memory opens only for its visitor, at every gateway with the key ring, and for a day."""

import base64
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.errors import MemoryRefused
from services.contract.ids import GatewayId, MatchId, Place, VisitorId, random_id
from services.contract.keys import new_key, parse_ring
from services.contract.limits import (
    BLOCKED_KEYS_REMEMBERED,
    MAX_AVOIDED_COUNTRIES,
    MAX_FORMER_PLACES,
    MAX_INTERESTS,
    MAX_LANGUAGES,
    MAX_RECENT_PARTNERS,
)
from services.contract.line_digests import DIGEST_BYTES, MAX_DIGESTS
from services.contract.memory import (
    LIFETIME,
    MemoryContent,
    MemorySealer,
    pack_keys,
    pack_partners,
    unpack_keys,
    unpack_partners,
)
from services.contract.passes import PassContent, PassSealer
from services.contract.sealing import Sealer
from services.signaling.core.match_side import Participant
from services.signaling.core.messages import (
    MAX_INTEREST_LENGTH,
    MAX_MEMORY_LENGTH,
    MAX_SEALED_LENGTH,
    Find,
    encode,
    parse,
)
from services.signaling.core.visitor_history import EncounterHistory, VisitorRecord

RING = parse_ring(new_key())
SEALER = MemorySealer(RING)
VISITOR, NOW = VisitorId("v" * 22), 1_767_225_600.5
CONTENT = MemoryContent(
    VISITOR,
    (Place(7, GatewayId("here")), Place(6, GatewayId("there"))),
    NOW,
    pack_partners([(2**64 - 1, 96.5), (1, 100.0)], now=100.0),
    pack_keys([5, 6]),
    9,
    b'{"type":"find"}',
    12.5,
    77,
)

keys = st.integers(0, 2**64 - 1)


def sealed(**changes: Any) -> str:
    return SEALER.seal(msgspec.structs.replace(CONTENT, **changes))


def test_a_memory_opens_to_its_content_and_hides_it() -> None:
    assert SEALER.open(sealed(), VISITOR, NOW) == CONTENT
    assert sealed() != sealed()
    raw = base64.urlsafe_b64decode(sealed() + "==")
    assert not any(word in raw for word in (b"here", b"find", VISITOR.encode()))


def test_the_memory_of_another_visitor_is_refused() -> None:
    for somebody in (VisitorId("w" * 22), VisitorId("")):
        with pytest.raises(MemoryRefused, match="somebody else"):
            SEALER.open(sealed(), somebody, NOW)


def test_the_memory_of_another_visitor_is_opened_for_the_same_device_only() -> None:
    somebody = VisitorId("w" * 22)
    assert SEALER.open(sealed(), somebody, NOW, CONTENT.device) == CONTENT
    for memory, device in ((sealed(), 78), (sealed(), 0), (sealed(device=0), 0), (sealed(device=0), 77)):
        with pytest.raises(MemoryRefused, match="somebody else"):
            SEALER.open(memory, somebody, NOW, device)
    with pytest.raises(MemoryRefused, match="too old"):
        SEALER.open(sealed(), somebody, NOW + LIFETIME + 1, CONTENT.device)


def test_a_memory_of_before_devices_were_in_it_has_none() -> None:
    fields = msgspec.structs.astuple(CONTENT)[:-1]
    old = Sealer(RING, b"zufall memory 1").seal(msgspec.msgpack.encode(fields))
    assert SEALER.open(old, VISITOR, NOW, 77) == msgspec.structs.replace(CONTENT, device=0)


def test_a_memory_is_valid_for_a_day() -> None:
    SEALER.open(sealed(), VISITOR, NOW + LIFETIME)
    with pytest.raises(MemoryRefused, match="too old"):
        SEALER.open(sealed(), VISITOR, NOW + LIFETIME + 1)


def test_a_clock_that_is_behind_changes_nothing() -> None:
    assert SEALER.open(sealed(), VISITOR, NOW - 3600) == CONTENT


@pytest.mark.parametrize("text", ["", "A", "?", "é", "\ud800", "=" * 40, "A" * 22, "A" * 500])
def test_text_that_is_no_memory_is_refused(text: str) -> None:
    with pytest.raises(MemoryRefused, match="not one of ours"):
        SEALER.open(text, VISITOR, NOW)


def test_a_changed_bit_is_noticed_wherever_it_is() -> None:
    raw = base64.urlsafe_b64decode(sealed() + "==")
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        with pytest.raises(MemoryRefused):
            SEALER.open(base64.urlsafe_b64encode(changed).decode(), VISITOR, NOW)


def test_a_memory_of_an_unknown_key_or_another_purpose_is_refused() -> None:
    forged = [
        MemorySealer(parse_ring(new_key())).seal(CONTENT),
        Sealer(RING, b"zufall pass 2").seal(msgspec.msgpack.encode(CONTENT)),
    ]
    for text in forged:
        with pytest.raises(MemoryRefused):
            SEALER.open(text, VISITOR, NOW)


# --- packing ---------------------------------------------------------------------------------------


@given(st.lists(keys, max_size=MAX_RECENT_PARTNERS))
def test_packed_keys_are_unpacked_exactly(packed: list[int]) -> None:
    assert unpack_keys(pack_keys(packed)) == tuple(packed)
    assert len(pack_keys(packed)) == 8 * len(packed)


@given(st.lists(st.tuples(keys, st.floats(0, 3600)), max_size=MAX_RECENT_PARTNERS))
def test_packed_partners_are_unpacked_in_order_to_the_millisecond(
    partners: list[tuple[int, float]],
) -> None:
    packed = pack_partners([(key, 5000.0 - ago) for key, ago in partners], now=5000.0)
    assert len(packed) == 12 * len(partners)
    unpacked = unpack_partners(packed)
    assert [key for key, _ in unpacked] == [key for key, _ in partners]
    for (_, told), (_, ago) in zip(unpacked, partners, strict=True):
        assert -0.0001 < ago - told < 0.0011


@pytest.mark.parametrize(("parted", "told"), [(105.0, 0.0), (-1e12, (2**32 - 1) / 1000)])
def test_packed_times_are_clamped_to_what_fits(parted: float, told: float) -> None:
    packed = pack_partners([(1, parted), (2, 97.0)], now=100.0)
    assert unpack_partners(packed) == [(1, told), (2, 3.0)]


@pytest.mark.parametrize("length", [1, 7, 9, 11, 13, 23])
def test_bytes_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        unpack_partners(b"x" * length)
    if length % 8:
        with pytest.raises(ValueError, match=r"\w+"):
            unpack_keys(b"x" * length)


# --- length ----------------------------------------------------------------------------------------

PRESENT = VisitorId("_" * 22)
"""A visitor whose key needs as many bytes as any."""

WIDEST = "\x01"
"""JSON needs six bytes for this character, more than for any other."""

LONGEST_FIND = Find(
    "video",
    [WIDEST * MAX_INTEREST_LENGTH] * MAX_INTERESTS,
    ["abc-" + "-".join(["abcdefgh"] * 3) + "-abcd"] * MAX_LANGUAGES,
    True,
    ["AT"] * MAX_AVOIDED_COUNTRIES,
    nearby=True,
    once=True,
    pool="p" * 32,
)


LETTERS_FIND = msgspec.structs.replace(LONGEST_FIND, interests=["𝔷" * MAX_INTEREST_LENGTH] * MAX_INTERESTS)
"""The longest wish without control characters: no other character needs more than four bytes."""


@pytest.mark.parametrize("find", [LONGEST_FIND, LETTERS_FIND], ids=["control characters", "letters"])
def test_the_longest_memory_fits_into_a_hello(find: Find) -> None:
    assert parse(encode(find)) == find
    most = 2**64 - 1
    me = Participant(VISITOR, Place(2**53 - 1, GatewayId(random_id())), b"", most)
    blocked = (most - number for number in range(BLOCKED_KEYS_REMEMBERED))
    partners = ((most - number, -1e12) for number in range(MAX_RECENT_PARTNERS))
    places = [Place(2**53 - 1, GatewayId(random_id())) for _ in range(MAX_FORMER_PLACES)]
    record = VisitorRecord(me, EncounterHistory(partners, blocked), places)
    record.find = encode(find)
    memory = record.memory(PRESENT, since=0.0)
    assert memory.find == (b"" if find is LONGEST_FIND else encode(find)), "blocks matter more than an age"
    longest = MemoryContent(
        VISITOR,
        memory.places,
        NOW,
        pack_partners(memory.partners, now=0.0),
        pack_keys(memory.blocked),
        memory.present,
        memory.find,
        1e9,
        most,
    )
    assert len(unpack_keys(longest.blocked)) == BLOCKED_KEYS_REMEMBERED
    assert len(SEALER.seal(longest)) <= MAX_MEMORY_LENGTH


def test_the_longest_pass_fits_into_a_hello() -> None:
    most, far = 2**64 - 1, GatewayId("g" * 64)
    longest = PassContent(
        MatchId("m" * 64), VISITOR, far, VISITOR, far, True, b"h" * 32, NOW, encode(LONGEST_FIND),
        2**53 - 1, 2**53 - 1, most, most, b"d" * DIGEST_BYTES * MAX_DIGESTS,
        ("l" * 8,) * MAX_LANGUAGES, "DE",
    )  # fmt: skip
    assert len(PassSealer(RING).seal(longest)) <= MAX_SEALED_LENGTH
