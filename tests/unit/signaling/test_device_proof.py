"""Device proofs: what a gateway accepts and refuses."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract import devices
from services.contract.challenges import LIFETIME, ChallengeSealer
from services.contract.devices import DeviceVouchers
from services.contract.errors import ChallengeRefused, InvalidRequest, ProofRefused, Unavailable
from services.contract.keys import new_key, parse_key
from services.signaling.shell.device_proof import (
    REMEMBER_SECONDS,
    DeviceProof,
    DeviceProofVerifier,
    ReplayCache,
)
from services.signaling.shell.token_issuer import parse_token_request

from ...device import BrowserDevice

RING = (parse_key(new_key()),)
NAMES = DeviceVouchers(RING, RING)
NOW = 1_800_000_000.0
ONE, OTHER = BrowserDevice(), BrowserDevice()


def gateway(most: int = 100) -> DeviceProofVerifier:
    return DeviceProofVerifier(NAMES, ChallengeSealer(RING), ReplayCache(most))


def proof(device: BrowserDevice, challenge: str, token: str = "", voucher: str | None = None) -> DeviceProof:
    shown = device.proof(challenge, token)
    key, signature = (base64.b64decode(shown[name]) for name in ("key", "signature"))
    return DeviceProof(key, challenge, signature, voucher)


def known(device: BrowserDevice, since: float = NOW) -> devices.Device:
    return devices.Device(NAMES.device_id(device.key), int(since))


def test_a_proof_is_optional() -> None:
    assert gateway().verify(None, "", None, NOW, 0.0) is None
    assert gateway().verify(None, "token", None, NOW, 0.0) is None


def test_a_signed_challenge_makes_a_device_known() -> None:
    ours = gateway()
    assert ours.verify(proof(ONE, ours.challenge(NOW)), "", None, NOW, 0.0) == known(ONE)


def test_a_device_keeps_its_token_and_its_age_when_keys_are_rotated() -> None:
    """Its name becomes another one, and the name in the token may be that of any key that is still there."""
    new = (parse_key(new_key()), *RING)
    rotated = DeviceProofVerifier(DeviceVouchers(new, RING), ChallengeSealer(RING), ReplayCache(100))
    former = known(ONE, NOW - 500)
    renewed = rotated.verify(proof(ONE, rotated.challenge(NOW), "token"), "token", former, NOW, 0.0)
    assert renewed is not None
    assert renewed.since == former.since
    assert renewed.id != former.id
    with pytest.raises(ProofRefused, match="another device"):
        rotated.verify(proof(OTHER, rotated.challenge(NOW), "token"), "token", former, NOW, 0.0)


def test_only_its_device_renews_a_token() -> None:
    ours, former = gateway(), known(ONE, NOW - 500)
    mine = proof(ONE, ours.challenge(NOW), "token")
    assert ours.verify(mine, "token", former, NOW, 0.0) == former
    with pytest.raises(ProofRefused, match="must sign"):
        ours.verify(None, "token", former, NOW, 0.0)
    with pytest.raises(ProofRefused, match="another device"):
        ours.verify(proof(OTHER, ours.challenge(NOW), "token"), "token", former, NOW, 0.0)
    with pytest.raises(ProofRefused, match="not of this key"):  # a proof for a new visitor
        ours.verify(proof(ONE, ours.challenge(NOW)), "token", former, NOW, 0.0)


def test_a_challenge_is_accepted_once_and_not_for_ever() -> None:
    ours, other = gateway(), gateway()
    one = proof(ONE, ours.challenge(NOW))
    ours.verify(one, "", None, NOW, 5.0)
    for now in (5.0, 4.9 + REMEMBER_SECONDS):
        with pytest.raises(ChallengeRefused, match="was used"):
            ours.verify(one, "", None, NOW, now)
    with pytest.raises(ChallengeRefused, match="expired"):
        ours.verify(one, "", None, NOW + LIFETIME + 1, 5.1 + REMEMBER_SECONDS)
    assert other.verify(one, "", None, NOW, 5.0)  # gateways do not share used challenges


def test_a_refused_proof_leaves_its_challenge_unused() -> None:
    ours = gateway()
    challenge = ours.challenge(NOW)
    with pytest.raises(ProofRefused):
        ours.verify(proof(ONE, challenge, "another"), "", None, NOW, 0.0)
    assert ours.verify(proof(ONE, challenge), "", None, NOW, 0.0)


def test_used_challenges_are_bounded_and_expire() -> None:
    used = ReplayCache(3)
    for number in range(3):
        used.use(bytes([number]), float(number))
    with pytest.raises(Unavailable):
        used.use(b"more", 3.0)
    used.use(b"more", REMEMBER_SECONDS)  # the first has expired
    assert len(used) == 3
    used.use(b"last", 10 * REMEMBER_SECONDS)
    assert len(used) == 1


@given(
    vouched=st.none() | st.integers(0, int(NOW) * 2),
    bound=st.none() | st.integers(0, int(NOW) * 2),
    whose=st.sampled_from([ONE, OTHER]),
)
def test_a_device_is_as_old_as_proven_and_never_from_the_future(
    vouched: int | None, bound: int | None, whose: BrowserDevice
) -> None:
    ours = gateway()
    voucher = None if vouched is None else NAMES.issue_voucher(whose.key, vouched)
    former = None if bound is None else known(ONE, bound)
    shown = proof(ONE, ours.challenge(NOW), "", voucher)
    device = ours.verify(shown, "", former, NOW, 0.0)
    assert device is not None
    told = [vouched if whose is ONE else None, bound]
    assert device.since == min([int(NOW), *(one for one in told if one is not None)])
    assert NAMES.known_since(ONE.key, ours.voucher(shown, device)) == device.since


def test_a_request_is_empty_or_has_a_proof() -> None:
    assert parse_token_request(b"") == parse_token_request(b"{}")
    for body in (b'{"device":{}}', b'{"device":1}', b'{"key":1}', b'{"device":{"key":"AAAA"}}'):
        with pytest.raises(InvalidRequest):
            parse_token_request(body)
