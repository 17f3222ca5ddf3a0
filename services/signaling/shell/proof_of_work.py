"""Proofs of work (ALTCHA): before it gets a token, a browser searches for the counter of a derived key.

The gateway chooses a counter, derives its key and tells half of the key. The browser derives the keys of 0,
1, 2 … until one matches. A signature of the whole key stands in the challenge, so that checking is cheap and
no gateway keeps anything. Source: the package `altcha`, PoW v2 with a chosen counter.
"""

from collections.abc import Sequence
from hashlib import blake2b
from secrets import randbelow

import altcha
import msgspec
from msgspec import Struct

from services.contract import challenges
from services.contract.errors import ChallengeRefused, WorkRefused
from services.contract.ids import VisitorId
from services.contract.keys import Key, derive_secret
from services.contract.tokens import TokenHolder

from ..core.work_policy import NetworkBans, NewcomerRate, WorkPolicy
from . import metrics
from .device_proof import ReplayCache

ALGORITHM = "PBKDF2/SHA-256"
"""Browsers have it built in, so that an attacker's program is hardly faster."""

ITERATIONS = 500
"""Iterations of one derivation. The gateway makes one for each challenge, in 0.1 ms of a core (measured)."""


class WorkParameters(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The parameters of a challenge that a browser solves, with ALTCHA's names. Bytes are in hex.

    `expiresAt` is in Unix seconds. The browser searches for the counter whose key begins with `keyPrefix`.
    """

    algorithm: str
    cost: int
    expires_at: int
    key_length: int
    key_prefix: str
    key_signature: str
    nonce: str
    salt: str


class WorkChallenge(Struct, frozen=True, forbid_unknown_fields=True):
    """A challenge of ALTCHA. The signature is over the parameters, the asker's network and their token."""

    parameters: WorkParameters
    signature: str


class WorkSolution(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The counter that was searched for, and its whole key in hex."""

    counter: int
    derived_key: str


class SolvedWork(Struct, frozen=True, forbid_unknown_fields=True):
    """The field `work` of `POST /api/session`: the challenge as it came, and its solution."""

    challenge: WorkChallenge
    solution: WorkSolution


class ProofOfWork:
    """Asks for work, and accepts each solution once.

    A challenge of any gateway with the same keys is good at all of them, but only for the network and the
    visitor that it was made for. A solution counts once at each gateway.
    """

    def __init__(self, ring: Sequence[Key], policy: WorkPolicy, bans: NetworkBans, used: ReplayCache) -> None:
        self._ring = ring
        self._policy = policy
        self._bans = bans
        self._used = used
        self._newcomers = NewcomerRate()

    def challenge(
        self, network: bytes, holder: TokenHolder | None, wall_now: float, now: float
    ) -> WorkChallenge:
        """Return a challenge for somebody of the network who has no token, or renews the holder's."""
        age = None if holder is None else wall_now - holder.issued
        work = self._policy.work(self._newcomers.per_second(now), self._bans.count(network, now), age)
        metrics.WORK.observe(work)
        signing, key_signing = _secrets(self._ring[0], network, holder)
        challenge = altcha.create_challenge(
            ALGORITHM,
            ITERATIONS,
            counter=randbelow(work),
            expires_at=int(wall_now) + challenges.LIFETIME,
            hmac_secret=signing,
            hmac_key_secret=key_signing,
        )
        return msgspec.convert(challenge.to_dict(), WorkChallenge)

    def verify(
        self, solved: SolvedWork | None, network: bytes, holder: TokenHolder | None, now: float
    ) -> None:
        """Check the work for a new token, or to renew the holder's.

        Raises `WorkRefused`, `ChallengeRefused`, or `Unavailable` if too many solutions are remembered.
        """
        if solved is None:
            raise WorkRefused("a token needs a proof of work: get a challenge")
        payload = altcha.Payload.from_dict(msgspec.to_builtins(solved))
        results = [self._check(payload, key, network, holder) for key in self._ring]
        if any(result.expired for result in results):
            raise ChallengeRefused("the challenge has expired")
        if all(result.invalid_signature for result in results):
            raise ChallengeRefused("the challenge is not one of ours for this network and visitor")
        if not any(result.verified for result in results):
            raise WorkRefused("the solution is wrong")
        self._used.use(bytes.fromhex(solved.challenge.signature), now)
        if holder is None:
            self._newcomers.add(now)

    def _check(
        self, payload: altcha.Payload, key: Key, network: bytes, holder: TokenHolder | None
    ) -> altcha.VerifySolutionResult:
        signing, key_signing = _secrets(key, network, holder)
        return altcha.verify_solution(payload, signing, hmac_key_secret=key_signing)


def _secrets(key: Key, network: bytes, holder: TokenHolder | None) -> tuple[bytes, bytes]:
    """Return the secrets that sign challenges, and derived keys, for this network and visitor alone."""
    visitor = holder.visitor if holder else VisitorId("")
    secret = derive_secret(key, b"zufall work 1")
    both = blake2b(visitor.encode(), key=secret, salt=network, person=b"zufall work 1").digest()
    return both[:32], both[32:]
