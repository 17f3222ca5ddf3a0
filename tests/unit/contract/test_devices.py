"""A device proves that it holds its key, and a voucher proves since when the key is known."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, generate_private_key

from services.contract import devices
from services.contract.challenges import LIFETIME, ChallengeSealer
from services.contract.devices import SIGNATURE_BYTES, DeviceVouchers, check_signature, signed_text
from services.contract.errors import ChallengeRefused, PassRefused, ProofRefused
from services.contract.ids import VisitorId, random_id
from services.contract.keys import new_key, parse_key
from services.contract.passes import PassSealer
from services.contract.sealing import Sealer

from ...device import BrowserDevice

KEY, RING = parse_key(new_key()), (parse_key(new_key()),)
DEVICES = DeviceVouchers([KEY], RING)
ONE, OTHER = BrowserDevice(), BrowserDevice()
TEXT = signed_text("challenge", "token")


def test_the_signed_text_holds_the_purpose_the_challenge_and_the_token() -> None:
    assert TEXT == b"zufall device proof 1\nchallenge\ntoken"
    assert signed_text("challenge", "") == b"zufall device proof 1\nchallenge\n"


def test_a_signature_by_the_key_is_accepted() -> None:
    check_signature(ONE.key, ONE.sign(TEXT), TEXT)


@pytest.mark.parametrize(
    ("key", "signature", "text"),
    [
        (ONE.key, ONE.sign(TEXT), signed_text("challenge", "")),
        (ONE.key, ONE.sign(TEXT), signed_text("another", "token")),
        (ONE.key, OTHER.sign(TEXT), TEXT),
        (ONE.key, bytes(SIGNATURE_BYTES), TEXT),
        (ONE.key, b"\xff" * SIGNATURE_BYTES, TEXT),
        (bytes(65), ONE.sign(TEXT), TEXT),
        (b"\x04" + bytes(64), ONE.sign(TEXT), TEXT),
        (b"\x05" + ONE.key[1:], ONE.sign(TEXT), TEXT),
        (BrowserDevice(generate_private_key(SECP256K1())).key, ONE.sign(TEXT), TEXT),
    ],
    ids=[
        "no token", "another challenge", "another key", "zeros", "too large", "key of zeros", "no point",
        "no uncompressed point", "another curve",
    ],
)  # fmt: skip
def test_any_other_signature_is_refused(key: bytes, signature: bytes, text: bytes) -> None:
    with pytest.raises(ProofRefused):
        check_signature(key, signature, text)


def test_a_device_has_one_id_at_all_gateways_and_another_in_each_installation() -> None:
    assert DeviceVouchers([KEY], RING).device_id(ONE.key) == DEVICES.device_id(ONE.key)
    assert len(DEVICES.device_id(ONE.key)) == len(random_id())
    names = {DEVICES.device_id(ONE.key), DEVICES.device_id(OTHER.key)}
    names.add(DeviceVouchers([parse_key(new_key())], RING).device_id(ONE.key))
    assert len(names) == 3


def test_a_voucher_is_good_for_its_key_while_the_ring_holds_the_sealing_key() -> None:
    voucher = DEVICES.issue_voucher(ONE.key, 1234)
    rotated = DeviceVouchers([parse_key(new_key())], (parse_key(new_key()), *RING))
    assert DEVICES.known_since(ONE.key, voucher) == rotated.known_since(ONE.key, voucher) == 1234
    assert DEVICES.known_since(OTHER.key, voucher) is None
    assert DeviceVouchers([KEY], (parse_key(new_key()),)).known_since(ONE.key, voucher) is None
    assert DEVICES.known_since(ONE.key, "anything") is None


@pytest.mark.parametrize(
    ("seconds", "hours"), [(-1, 0), (0, 0), (3599, 0), (3600, 1), (7 * 86400 - 1, 167), (10**9, 168)]
)
def test_the_age_of_a_device_is_in_whole_hours_and_at_most_a_week(seconds: int, hours: int) -> None:
    assert devices.Device(DEVICES.device_id(ONE.key), 1000).hours(1000.5 + seconds) == hours


def test_a_challenge_is_good_for_two_minutes_at_every_gateway() -> None:
    challenge = ChallengeSealer(RING).issue(1000.0)
    id = ChallengeSealer(RING).open(challenge, 1000.0 + LIFETIME)
    assert id == ChallengeSealer(RING).open(challenge, 1000.0 - LIFETIME)
    assert id != ChallengeSealer(RING).open(ChallengeSealer(RING).issue(1000.0), 1000.0)
    for now in (1001.0 + LIFETIME, 999.0 - LIFETIME):
        with pytest.raises(ChallengeRefused, match="expired"):
            ChallengeSealer(RING).open(challenge, now)


def test_a_challenge_written_another_way_has_the_same_id() -> None:
    """Base64 has several forms of one value, so single use must go by the id and not by the text."""
    challenge = ChallengeSealer(RING).issue(1000.0)
    assert ChallengeSealer(RING).open(challenge + "!", 1000.0) == ChallengeSealer(RING).open(
        challenge, 1000.0
    )


@pytest.mark.parametrize(
    "text",
    ["", "é", "\ud800", "AAAA", Sealer(RING, b"zufall pass 1").seal(b"x")],
    ids=["nothing", "no ASCII", "no text", "short", "a pass"],
)
def test_anything_else_is_refused_as_a_challenge(text: str) -> None:
    with pytest.raises(ChallengeRefused, match="not one of ours"):
        ChallengeSealer(RING).open(text, 1000.0)


def test_a_challenge_is_refused_as_anything_else() -> None:
    challenge = ChallengeSealer(RING).issue(1000.0)
    with pytest.raises(PassRefused):
        PassSealer(RING).open(challenge, VisitorId(random_id()), 1000.0)
    assert DEVICES.known_since(ONE.key, challenge) is None
