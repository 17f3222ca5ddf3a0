"""A pass opens only for its holder, at every service with the key ring, and for a day."""

import base64
from typing import Any

import msgspec
import pytest

from services.contract.errors import PassRefused
from services.contract.ids import GatewayId, MatchId, Pass, VisitorId
from services.contract.keys import new_key, parse_ring
from services.contract.passes import LIFETIME, HolderWish, PassContent, PassSealer, holder_wish
from services.contract.sealing import Sealer

OLD, NEW = new_key(), new_key()
SEALER = PassSealer(parse_ring(NEW))
HOLDER, PARTNER = VisitorId("holder"), VisitorId("partner")
NOW = 1_767_225_600.5
CONTENT = PassContent(
    MatchId("match"), HOLDER, GatewayId("here"), PARTNER, GatewayId("there"), True, b"\0hash\xff", NOW
)


def sealed(**changes: Any) -> Pass:
    return SEALER.seal(msgspec.structs.replace(CONTENT, **changes))


def test_a_pass_opens_to_its_content() -> None:
    assert SEALER.open(sealed(), HOLDER, NOW) == CONTENT


def test_a_pass_tells_mode_and_languages_of_the_holders_wish() -> None:
    find = b'{"type":"find","mode":"text","languages":["de","en"],"newer":1}'
    assert holder_wish(msgspec.structs.replace(CONTENT, find=find)) == HolderWish("text", ("de", "en"))
    for unreadable in (b"", b"{", b'{"mode":1}'):
        assert holder_wish(msgspec.structs.replace(CONTENT, find=unreadable)) == HolderWish()


def test_a_pass_of_an_older_gateway_knows_nothing_of_the_partners_languages() -> None:
    older = msgspec.to_builtins(CONTENT)[:14]
    assert msgspec.convert(older, PassContent) == CONTENT


def test_each_seal_differs_and_hides_its_content() -> None:
    passes = {sealed() for _ in range(20)}
    assert len(passes) == 20
    for one in passes:
        raw = base64.urlsafe_b64decode(one + "==")
        assert not any(word in raw for word in (b"holder", b"partner", b"match", b"there"))


def test_a_pass_of_another_holder_is_refused() -> None:
    for somebody in (PARTNER, VisitorId(""), VisitorId("holder ")):
        with pytest.raises(PassRefused, match="somebody else"):
            SEALER.open(sealed(), somebody, NOW)


def test_a_pass_of_another_holder_is_opened_for_the_same_device_only() -> None:
    theirs = sealed(holder_device=7)
    assert SEALER.open(theirs, PARTNER, NOW, 7).holder == HOLDER
    for one, device in (
        (theirs, 8),
        (theirs, 0),
        (sealed(), 0),
        (sealed(), 7),
        (sealed(partner_device=7), 7),
    ):
        with pytest.raises(PassRefused, match="somebody else"):
            SEALER.open(one, PARTNER, NOW, device)
    with pytest.raises(PassRefused, match="too old"):
        SEALER.open(theirs, PARTNER, NOW + LIFETIME + 1, 7)


def test_a_pass_is_valid_for_a_day() -> None:
    SEALER.open(sealed(), HOLDER, NOW + LIFETIME)
    with pytest.raises(PassRefused, match="too old"):
        SEALER.open(sealed(), HOLDER, NOW + LIFETIME + 1)


def test_a_clock_that_is_behind_changes_nothing() -> None:
    SEALER.open(sealed(), HOLDER, NOW - 5)


@pytest.mark.parametrize("text", ["", "A", "?", "é", "\ud800", "=" * 40, "A" * 21, "A" * 22, "A" * 500])
def test_text_that_is_no_pass_is_refused(text: str) -> None:
    with pytest.raises(PassRefused):
        SEALER.open(text, HOLDER, NOW)


def test_a_changed_bit_is_noticed_wherever_it_is() -> None:
    raw = base64.urlsafe_b64decode(sealed() + "==")
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        with pytest.raises(PassRefused):
            SEALER.open(base64.urlsafe_b64encode(changed).decode(), HOLDER, NOW)


def test_a_truncated_pass_is_refused() -> None:
    whole = sealed()
    for length in range(0, len(whole) - 1, 5):
        with pytest.raises(PassRefused):
            SEALER.open(whole[:length], HOLDER, NOW)


def test_a_pass_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(PassRefused):
        PassSealer(parse_ring(new_key())).open(sealed(), HOLDER, NOW)


def test_a_key_rotation_loses_no_pass() -> None:
    before, turned, after = (PassSealer(parse_ring(ring)) for ring in (OLD, f"{NEW},{OLD}", NEW))
    earlier, later = before.seal(CONTENT), turned.seal(CONTENT)
    assert turned.open(earlier, HOLDER, NOW) == turned.open(later, HOLDER, NOW) == CONTENT
    assert after.open(later, HOLDER, NOW) == CONTENT
    with pytest.raises(PassRefused):
        after.open(earlier, HOLDER, NOW)
    with pytest.raises(PassRefused):
        before.open(later, HOLDER, NOW)


def test_a_seal_for_another_purpose_is_no_pass() -> None:
    appeal = Sealer(parse_ring(NEW), b"zufall appeal 1").seal(msgspec.msgpack.encode(CONTENT))
    with pytest.raises(PassRefused):
        SEALER.open(appeal, HOLDER, NOW)


def test_a_pass_fits_into_a_hello() -> None:
    longest = sealed(holder=VisitorId("v" * 22), partner=VisitorId("p" * 22), match=MatchId("m" * 64))
    assert len(longest) < 512
