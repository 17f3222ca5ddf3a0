"""Proofs of work: what a gateway asks for, accepts and refuses."""

import time
from typing import Any

import altcha
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.challenges import LIFETIME
from services.contract.errors import ChallengeRefused, WorkRefused
from services.contract.ids import DecisionId, TokenId, VisitorId, random_id
from services.contract.keys import new_key, parse_key
from services.contract.tokens import TokenHolder
from services.signaling.core.work_policy import OLD_TOKEN_SECONDS, NetworkBans, WorkPolicy
from services.signaling.shell.device_proof import ReplayCache
from services.signaling.shell.proof_of_work import ProofOfWork, SolvedWork, WorkChallenge, WorkSolution

KEY, FORMER_KEY = parse_key(new_key()), parse_key(new_key())
POLICY = WorkPolicy(least=3, most=48, quiet_rate=50.0, keyless_factor=1.0)
HERE, ELSEWHERE = b"network1", b"network2"


def gateway(
    *ring: Any, policy: WorkPolicy = POLICY, bans: NetworkBans | None = None, most: int = 1000
) -> ProofOfWork:
    return ProofOfWork(ring or (KEY,), policy, bans or NetworkBans(3600.0), ReplayCache(most))


def holder(age: float = 0.0, name: str = "v") -> TokenHolder:
    return TokenHolder(VisitorId(name), int(time.time() - age), TokenId(random_id()))


def solved(challenge: WorkChallenge) -> SolvedWork:
    found = altcha.solve_challenge(altcha.Challenge.from_dict(msgspec.to_builtins(challenge)))
    assert found is not None
    return SolvedWork(challenge, WorkSolution(found.counter, found.derived_key))


def asked(
    ours: ProofOfWork, network: bytes = HERE, who: TokenHolder | None = None, now: float = 0.0
) -> SolvedWork:
    return solved(ours.challenge(network, who, time.time(), now))


def test_a_solution_counts_once_at_each_gateway() -> None:
    ours, other = gateway(), gateway()
    work = asked(ours)
    ours.verify(work, HERE, None, 0.0)
    with pytest.raises(ChallengeRefused, match="was used"):
        ours.verify(work, HERE, None, 1.0)
    other.verify(work, HERE, None, 1.0)


def test_without_a_solution_there_is_no_token() -> None:
    with pytest.raises(WorkRefused, match="needs a proof"):
        gateway().verify(None, HERE, None, 0.0)


def test_a_solution_is_for_the_network_and_the_visitor_that_asked() -> None:
    ours = gateway()
    new, renewed = asked(ours), asked(ours, who=holder())
    for work, network, who in [
        (new, ELSEWHERE, None),
        (new, HERE, holder()),
        (renewed, HERE, None),
        (renewed, HERE, holder(name="w")),
    ]:
        with pytest.raises(ChallengeRefused, match="not one of ours"):
            ours.verify(work, network, who, 0.0)
    ours.verify(new, HERE, None, 0.0)
    ours.verify(renewed, HERE, holder(), 0.0)


def test_a_challenge_expires() -> None:
    ours = gateway()
    late = solved(ours.challenge(HERE, None, time.time() - LIFETIME - 2, 0.0))
    with pytest.raises(ChallengeRefused, match="expired"):
        ours.verify(late, HERE, None, 0.0)


def test_a_challenge_of_a_former_key_is_good_until_that_leaves_the_ring() -> None:
    work = asked(gateway(FORMER_KEY))
    with pytest.raises(ChallengeRefused, match="not one of ours"):
        gateway(KEY).verify(work, HERE, None, 0.0)
    gateway(KEY, FORMER_KEY).verify(work, HERE, None, 0.0)


def spoiled(work: SolvedWork, **parameters: Any) -> SolvedWork:
    changed = msgspec.structs.replace(work.challenge.parameters, **parameters)
    return SolvedWork(WorkChallenge(changed, work.challenge.signature), work.solution)


@pytest.mark.parametrize(
    "parameters",
    [
        {"cost": 1},
        {"expires_at": 2**40},
        {"key_prefix": ""},
        {"key_signature": ""},
        {"key_length": 1},
        {"nonce": "00" * 16},
        {"salt": "§"},
        {"algorithm": "SHA-256"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_changed_challenge_is_refused(parameters: dict[str, Any]) -> None:
    ours = gateway()
    with pytest.raises(ChallengeRefused, match="not one of ours"):
        ours.verify(spoiled(asked(ours), **parameters), HERE, None, 0.0)


@pytest.mark.parametrize("key", ["", "00", "§", "0" * 63, "00" * 32, "FF" * 32])
def test_a_wrong_solution_is_refused_and_the_right_one_still_counts(key: str) -> None:
    ours = gateway()
    work = asked(ours)
    with pytest.raises(WorkRefused, match="wrong"):
        ours.verify(SolvedWork(work.challenge, WorkSolution(work.solution.counter, key)), HERE, None, 0.0)
    ours.verify(work, HERE, None, 0.0)


def test_half_of_the_key_which_is_told_is_not_enough() -> None:
    ours = gateway()
    work = asked(ours)
    told = work.challenge.parameters.key_prefix
    assert work.solution.derived_key.startswith(told)
    assert len(told) * 2 == len(work.solution.derived_key)
    for key in (told, told * 2, told + "0" * len(told)):
        with pytest.raises(WorkRefused):
            ours.verify(SolvedWork(work.challenge, WorkSolution(0, key)), HERE, None, 0.0)


def counters(ours: ProofOfWork, network: bytes = HERE, who: TokenHolder | None = None) -> list[int]:
    return [asked(ours, network, who).solution.counter for _ in range(40)]


def test_bans_of_a_network_make_its_work_harder_and_no_others() -> None:
    bans = NetworkBans(3600.0)
    ours = gateway(bans=bans)
    for number in range(4):
        bans.record(HERE, DecisionId(f"{number}"), 0.0)
    assert max(counters(ours)) >= POLICY.least
    assert max(counters(ours, ELSEWHERE)) < POLICY.least
    assert max(counters(ours, who=holder(OLD_TOKEN_SECONDS + 1))) < POLICY.least
    assert max(counters(ours, who=holder())) >= POLICY.least


def test_without_the_key_of_a_device_the_work_is_harder_and_the_easier_one_is_not_enough() -> None:
    ours = gateway(policy=WorkPolicy(least=3, most=48, quiet_rate=50.0, keyless_factor=8.0))
    easier, harder = (
        [solved(ours.challenge(HERE, None, time.time(), 0.0, has_key=has_key)) for _ in range(30)]
        for has_key in (True, False)
    )
    assert max(work.solution.counter for work in easier) < 3
    assert max(work.solution.counter for work in harder) >= 3
    with pytest.raises(ChallengeRefused, match="not one of ours"):
        ours.verify(easier[0], HERE, None, 0.0)
    ours.verify(easier[0], HERE, None, 0.0, has_key=True)
    ours.verify(harder[0], HERE, None, 0.0)
    ours.verify(harder[1], HERE, None, 0.0, has_key=True)


def test_newcomers_who_did_their_work_make_it_harder_and_renewals_do_not() -> None:
    ours = gateway(policy=WorkPolicy(least=3, most=48, quiet_rate=1.0, keyless_factor=1.0))
    for _ in range(100):
        ours.verify(asked(ours, who=holder(OLD_TOKEN_SECONDS + 1)), HERE, holder(), 0.0)
        ours.challenge(HERE, None, time.time(), 0.0)  # asking alone costs others nothing
    assert max(counters(ours)) < 3
    for _ in range(100):
        ours.verify(asked(ours), HERE, None, 0.0)
    assert max(counters(ours)) >= 3


@settings(max_examples=50)
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_text_in_a_solution_is_refused_with_one_of_our_errors(body: bytes) -> None:
    ours = gateway()
    text = body.decode(errors="replace")
    work = asked(ours)
    for bad in (
        SolvedWork(work.challenge, WorkSolution(-1, text)),
        spoiled(work, nonce=text + "x"),
        SolvedWork(WorkChallenge(work.challenge.parameters, text), work.solution),
    ):
        with pytest.raises((WorkRefused, ChallengeRefused)):
            ours.verify(bad, HERE, None, 0.0)
