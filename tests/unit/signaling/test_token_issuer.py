"""Tokens: who gets one, with and without a proof of work."""

import time

import pytest
from msgspec import UNSET

from services.contract.challenges import ChallengeSealer
from services.contract.devices import DeviceVouchers
from services.contract.errors import BanInForce, TokenRefused, WorkRefused
from services.contract.keys import new_key, parse_key
from services.contract.tokens import TokenSigner
from services.signaling.core.work_policy import OLD_TOKEN_SECONDS, NetworkBans, WorkPolicy
from services.signaling.shell.device_proof import DeviceProofVerifier, ReplayCache
from services.signaling.shell.proof_of_work import ProofOfWork
from services.signaling.shell.token_issuer import Challenge, TokenIssuer, TokenRequest

from ...in_memory.ports import FakeStandings
from .test_proof_of_work import HERE, solved

KEY = parse_key(new_key())
POLICY = WorkPolicy(least=3, most=48, quiet_rate=50.0)


class Issuer:
    """A `TokenIssuer` with its parts."""

    def __init__(self, *, works: bool = True) -> None:
        self.signer = TokenSigner([KEY])
        self.bans = NetworkBans(3600.0)
        self.standings = FakeStandings(time.time)
        used = ReplayCache(100)
        proofs = DeviceProofVerifier(DeviceVouchers([KEY], (KEY,)), ChallengeSealer((KEY,)), used)
        work = ProofOfWork((KEY,), POLICY, self.bans, used) if works else None
        self.issuer = TokenIssuer(self.signer, self.standings, proofs, self.bans, work)

    def challenge(self, token: str = "") -> Challenge:
        return self.issuer.challenge(token, HERE, time.time(), 0.0)

    def issue(self, request: TokenRequest, token: str = "") -> str:
        return self.issuer.issue(request, token, HERE, time.time(), 0.0).token

    def issue_after_work(self, token: str = "") -> str:
        challenge = self.challenge(token)
        assert challenge.work is not UNSET
        return self.issue(TokenRequest(work=solved(challenge.work)), token)


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
