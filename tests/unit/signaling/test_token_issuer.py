"""Tokens: who gets one, with and without a proof of work."""

import time

import msgspec
import pytest
from msgspec import UNSET

from services.contract.challenges import ChallengeSealer
from services.contract.devices import Device, DeviceVouchers
from services.contract.errors import BanInForce, ChallengeRefused, ProofRefused, TokenRefused, WorkRefused
from services.contract.ids import VisitorId, random_id
from services.contract.keys import Key, new_key, parse_key
from services.contract.tokens import LIFETIME, LONGEST_USE, TokenHolder, TokenSigner, id_to_revoke
from services.signaling.core.messages import Banned
from services.signaling.core.revoked_tokens import RevokedTokens
from services.signaling.core.work_policy import OLD_TOKEN_SECONDS, NetworkBans, WorkPolicy
from services.signaling.shell.device_proof import DeviceProof, DeviceProofVerifier, ReplayCache
from services.signaling.shell.issued_devices import IssuedDevices, VisitorDevice
from services.signaling.shell.proof_of_work import ProofOfWork
from services.signaling.shell.token_issuer import Challenge, TokenIssuer, TokenRequest
from services.signaling.shell.token_verifier import TokenVerifier

from ...device import BrowserDevice
from ...in_memory.ports import FakeStandings
from .test_proof_of_work import HERE, solved

KEY, NEW_KEY = parse_key(new_key()), parse_key(new_key())
VISITOR = VisitorId(random_id())
POLICY = WorkPolicy(least=3, most=48, quiet_rate=50.0, keyless_factor=1.0)


class Issuer:
    """A `TokenIssuer` with its parts."""

    def __init__(self, *keys: Key, works: bool = True) -> None:
        """`keys` is the ring of the tokens' keys, by default one key."""
        ring = keys or (KEY,)
        self.signer = TokenSigner(ring)
        self.bans = NetworkBans(3600.0)
        self.standings = FakeStandings(time.time)
        used = ReplayCache(100)
        self.vouchers = DeviceVouchers(ring, (KEY,))
        proofs = DeviceProofVerifier(self.vouchers, ChallengeSealer((KEY,)), used)
        work = ProofOfWork((KEY,), POLICY, self.bans, used) if works else None
        self.revoked = RevokedTokens()
        self.verifier = TokenVerifier(self.signer, self.revoked)
        self.issuer = TokenIssuer(
            self.signer,
            self.verifier,
            self.standings,
            proofs,
            self.bans,
            work,
            IssuedDevices(list[VisitorDevice]().append),
        )

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
    visitor = ours.signer.verify(token, time.time()).visitor
    assert ours.signer.verify(ours.issue_after_work(token), time.time()).visitor == visitor


def test_nobody_works_where_it_is_switched_off() -> None:
    ours = Issuer(works=False)
    assert ours.challenge().work is UNSET
    assert ours.signer.verify(ours.issue(TokenRequest()), time.time())


def test_a_challenge_for_a_forged_token_is_refused() -> None:
    with pytest.raises(TokenRefused):
        Issuer().challenge("forged")


def test_a_banned_visitor_gets_no_token_and_counts_in_their_network_once() -> None:
    ours = Issuer()
    token = ours.signer.issue(time.time() - OLD_TOKEN_SECONDS)
    ours.standings.decide(ours.signer.verify(token, time.time()).visitor, "banned")
    for _ in range(2):
        with pytest.raises(BanInForce):
            ours.issue_after_work(token)
    assert ours.bans.count(HERE, 0.0) == 1


def test_a_device_of_a_banned_visitor_gets_no_token_and_counts_in_its_network_once() -> None:
    ours, device = Issuer(), BrowserDevice()
    first = ours.signer.verify(ours.issue_after_work(device=device), time.time())
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
    assert ours.signer.verify(ours.issue_after_work(device=device), time.time()).visitor != first.visitor


def test_a_device_keeps_its_standing_when_the_token_keys_are_rotated() -> None:
    """The ring must still have the key that named it."""
    device, before = BrowserDevice(), Issuer()
    first = before.signer.verify(before.issue_after_work(device=device), time.time())
    rotated, forgotten = Issuer(NEW_KEY, KEY), Issuer(NEW_KEY)
    for ours in (rotated, forgotten):
        ours.standings.decide(first.visitor, "restricted", device=first.device_key)
    as_before, renamed = (
        one.signer.verify(one.issue_after_work(device=device), time.time()) for one in (rotated, forgotten)
    )
    assert as_before.device_key == first.device_key != renamed.device_key
    other = rotated.signer.verify(rotated.issue_after_work(device=BrowserDevice()), time.time())
    assert other.device_key not in (first.device_key, renamed.device_key)
    rotated.standings.decide(first.visitor, "good")
    lifted = rotated.signer.verify(rotated.issue_after_work(device=device), time.time())
    assert lifted.device_key == renamed.device_key
    rotated.standings.decide(first.visitor, "banned", device=first.device_key)
    rotated.standings.decide(lifted.visitor, "restricted", device=lifted.device_key)
    with pytest.raises(BanInForce):
        rotated.issue_after_work(device=device)


def test_a_token_that_gets_the_device_of_a_banned_visitor_is_not_renewed() -> None:
    ours, device = Issuer(), BrowserDevice()
    first = ours.signer.verify(ours.issue_after_work(device=device), time.time())
    plain = ours.issue_after_work()
    ours.standings.decide(first.visitor, "banned", device=first.device_key)
    with pytest.raises(BanInForce):
        ours.issue_after_work(plain, device)


def test_the_work_for_a_key_gives_no_token_without_its_proof() -> None:
    ours, device = Issuer(), BrowserDevice()
    asked = ours.issuer.challenge("", HERE, time.time(), 0.0, has_key=True)
    assert asked.work is not UNSET
    work = solved(asked.work)
    with pytest.raises(ChallengeRefused):
        ours.issue(TokenRequest(work=work))
    strange = msgspec.convert(device.proof("another challenge"), DeviceProof)
    with pytest.raises(ChallengeRefused):
        ours.issue(TokenRequest(strange, work))
    asked = ours.issuer.challenge("", HERE, time.time(), 0.0, has_key=True)
    assert asked.work is not UNSET
    proof = msgspec.convert(device.proof(asked.challenge), DeviceProof)
    assert (
        ours.signer.verify(ours.issue(TokenRequest(proof, solved(asked.work))), time.time()).device
        is not None
    )


# --- renewing ---------------------------------------------------------------------------------------


def renewed(ours: Issuer, token: str, device: BrowserDevice | None = None) -> TokenHolder:
    asked = ours.challenge(token)
    proof = None if device is None else msgspec.convert(device.proof(asked.challenge, token), DeviceProof)
    return ours.signer.verify(ours.issue(TokenRequest(proof), token), time.time())


def test_a_device_renews_its_token_for_a_day_and_keeps_its_visitor() -> None:
    ours, device, now = Issuer(works=False), BrowserDevice(), time.time()
    named = Device(ours.vouchers.device_id(device.key), int(now))
    for age, good in [(0, True), (LIFETIME + 60, True), (LONGEST_USE - 60, True), (LONGEST_USE + 60, False)]:
        token = ours.signer.issue(now - age, VISITOR, named)
        if good:
            assert renewed(ours, token, device).visitor == VISITOR
        else:
            with pytest.raises(TokenRefused, match="expired"):
                renewed(ours, token, device)


def test_an_expired_token_is_not_renewed_without_its_key() -> None:
    ours, now = Issuer(works=False), time.time()
    named = Device(ours.vouchers.device_id(BrowserDevice().key), int(now))
    owned = ours.signer.issue(now - LIFETIME - 60, VISITOR, named)
    for device in (None, BrowserDevice()):
        with pytest.raises(ProofRefused):
            renewed(ours, owned, device)
    plain = ours.signer.issue(now - LIFETIME - 60, VISITOR)
    for device in (None, BrowserDevice()):
        with pytest.raises(TokenRefused, match="expired"):
            renewed(ours, plain, device)


def test_a_token_without_a_device_is_renewed_while_it_is_valid() -> None:
    ours = Issuer(works=False)
    token = ours.signer.issue(time.time() - LIFETIME + 60, VISITOR)
    assert renewed(ours, token).visitor == renewed(ours, token, BrowserDevice()).visitor == VISITOR


def test_a_revoked_token_and_what_was_renewed_from_it_is_not_renewed() -> None:
    ours, device, now = Issuer(works=False), BrowserDevice(), time.time()
    stolen = ours.signer.issue(now, VISITOR)
    tokens = [stolen, ours.issue(TokenRequest(), stolen)]
    ours.revoked.add({ours.signer.verify(stolen, time.time()).id: now + 60}, now)
    for token in tokens:
        for key in (None, device):
            with pytest.raises(TokenRefused, match="revoked"):
                renewed(ours, token, key)


def test_reports_are_filed_with_an_expired_token_for_a_day_unless_it_was_revoked() -> None:
    ours, now = Issuer(works=False), time.time()
    token = ours.signer.issue(now - LONGEST_USE + 60, VISITOR)
    assert ours.verifier.verify_old(token).visitor == VISITOR
    with pytest.raises(TokenRefused, match="expired"):
        ours.verifier.verify(token)
    with pytest.raises(TokenRefused, match="expired"):
        ours.verifier.verify_old(ours.signer.issue(now - LONGEST_USE - 60, VISITOR))
    ours.revoked.add({id_to_revoke(token): now + 60}, now)
    with pytest.raises(TokenRefused, match="revoked"):
        ours.verifier.verify_old(token)
