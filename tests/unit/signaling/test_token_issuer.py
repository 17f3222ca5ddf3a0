"""Tokens: who gets one, with and without a proof of work."""

import time

import msgspec
import pytest
from msgspec import UNSET

from services.contract.challenges import ChallengeSealer
from services.contract.devices import DeviceVouchers
from services.contract.errors import BanInForce, TokenRefused, WorkRefused
from services.contract.keys import Key, new_key, parse_key
from services.contract.tokens import TokenSigner
from services.signaling.core.messages import Banned
from services.signaling.core.work_policy import OLD_TOKEN_SECONDS, NetworkBans, WorkPolicy
from services.signaling.shell.device_proof import DeviceProof, DeviceProofVerifier, ReplayCache
from services.signaling.shell.proof_of_work import ProofOfWork
from services.signaling.shell.token_issuer import Challenge, TokenIssuer, TokenRequest

from ...device import BrowserDevice
from ...in_memory.ports import FakeStandings
from .test_proof_of_work import HERE, solved

KEY, NEW_KEY = parse_key(new_key()), parse_key(new_key())
POLICY = WorkPolicy(least=3, most=48, quiet_rate=50.0)


class Issuer:
    """A `TokenIssuer` with its parts."""

    def __init__(self, *keys: Key, works: bool = True) -> None:
        """`keys` is the ring of the tokens' keys, by default one key."""
        ring = keys or (KEY,)
        self.signer = TokenSigner(ring)
        self.bans = NetworkBans(3600.0)
        self.standings = FakeStandings(time.time)
        used = ReplayCache(100)
        proofs = DeviceProofVerifier(DeviceVouchers(ring, (KEY,)), ChallengeSealer((KEY,)), used)
        work = ProofOfWork((KEY,), POLICY, self.bans, used) if works else None
        self.issuer = TokenIssuer(self.signer, self.standings, proofs, self.bans, work)

    def challenge(self, token: str = "") -> Challenge:
        return self.issuer.challenge(token, HERE, time.time(), 0.0)

    def issue(self, request: TokenRequest, token: str = "") -> str:
        return self.issuer.issue(request, token, HERE, time.time(), 0.0).token

    def issue_after_work(self, token: str = "", device: BrowserDevice | None = None) -> str:
        challenge = self.challenge(token)
        assert challenge.work is not UNSET
        shown = device.proof(challenge.challenge, token) if device else None
        proof = msgspec.convert(shown, DeviceProof | None)
        return self.issue(TokenRequest(proof, solved(challenge.work)), token)


def test_a_new_visitor_and_a_renewal_take_work() -> None:
    ours = Issuer()
    for token in ("", ours.signer.issue(time.time())):
        with pytest.raises(WorkRefused):
            ours.issue(TokenRequest(), token)
    token = ours.issue_after_work()
    visitor = ours.signer.verify(token).visitor
    assert ours.signer.verify(ours.issue_after_work(token)).visitor == visitor


def test_nobody_works_where_it_is_switched_off() -> None:
    ours = Issuer(works=False)
    assert ours.challenge().work is UNSET
    assert ours.signer.verify(ours.issue(TokenRequest()))


def test_a_challenge_for_a_forged_token_is_refused() -> None:
    with pytest.raises(TokenRefused):
        Issuer().challenge("forged")


def test_a_banned_visitor_gets_no_token_and_counts_in_their_network_once() -> None:
    ours = Issuer()
    token = ours.signer.issue(time.time() - OLD_TOKEN_SECONDS)
    ours.standings.decide(ours.signer.verify(token).visitor, "banned")
    for _ in range(2):
        with pytest.raises(BanInForce):
            ours.issue_after_work(token)
    assert ours.bans.count(HERE, 0.0) == 1


def test_a_device_of_a_banned_visitor_gets_no_token_and_counts_in_its_network_once() -> None:
    ours, device = Issuer(), BrowserDevice()
    first = ours.signer.verify(ours.issue_after_work(device=device))
    ours.standings.decide(first.visitor, "banned", device=first.device_key)
    for _ in range(2):
        with pytest.raises(BanInForce) as refused:
            ours.issue_after_work(device=device)
        (ban,) = refused.value.members.values()
        assert isinstance(ban, Banned)
        assert ban.appeal == f"appeal of {first.visitor}"
    assert ours.bans.count(HERE, 0.0) == 1
    assert ours.issue_after_work(device=BrowserDevice())
    ours.standings.decide(first.visitor, "good")
    assert ours.signer.verify(ours.issue_after_work(device=device)).visitor != first.visitor


def test_a_device_keeps_its_standing_when_the_token_keys_are_rotated() -> None:
    """The ring must still have the key that named it."""
    device, before = BrowserDevice(), Issuer()
    first = before.signer.verify(before.issue_after_work(device=device))
    rotated, forgotten = Issuer(NEW_KEY, KEY), Issuer(NEW_KEY)
    for ours in (rotated, forgotten):
        ours.standings.decide(first.visitor, "restricted", device=first.device_key)
    as_before, renamed = (
        one.signer.verify(one.issue_after_work(device=device)) for one in (rotated, forgotten)
    )
    assert as_before.device_key == first.device_key != renamed.device_key
    other = rotated.signer.verify(rotated.issue_after_work(device=BrowserDevice()))
    assert other.device_key not in (first.device_key, renamed.device_key)
    rotated.standings.decide(first.visitor, "good")
    lifted = rotated.signer.verify(rotated.issue_after_work(device=device))
    assert lifted.device_key == renamed.device_key
    rotated.standings.decide(first.visitor, "banned", device=first.device_key)
    rotated.standings.decide(lifted.visitor, "restricted", device=lifted.device_key)
    with pytest.raises(BanInForce):
        rotated.issue_after_work(device=device)


def test_a_token_that_gets_the_device_of_a_banned_visitor_is_not_renewed() -> None:
    ours, device = Issuer(), BrowserDevice()
    first = ours.signer.verify(ours.issue_after_work(device=device))
    plain = ours.issue_after_work()
    ours.standings.decide(first.visitor, "banned", device=first.device_key)
    with pytest.raises(BanInForce):
        ours.issue_after_work(plain, device)
