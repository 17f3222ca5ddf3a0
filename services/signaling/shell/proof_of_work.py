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
    visitor that it was made for, and for somebody with the key of a device if it was made for such a one. A
    solution counts once at each gateway.
    """

    def __init__(self, ring: Sequence[Key], policy: WorkPolicy, bans: NetworkBans, used: ReplayCache) -> None:
        self._ring = ring
        self._policy = policy
        self._bans = bans
        self._used = used
        self._newcomers = NewcomerRate()

    def challenge(
        self,
        network: bytes,
        holder: TokenHolder | None,
        wall_now: float,
        now: float,
        *,
        has_key: bool = False,
    ) -> WorkChallenge:
        """Return a challenge for somebody of the network who has no token, or renews the holder's.

        `has_key` says that they will prove the key of a device.
        """
        age = None if holder is None else wall_now - holder.issued
        newcomers, bans = self._newcomers.per_second(now), self._bans.count(network, now)
        work = self._policy.work(newcomers, bans, age, has_key=has_key)
        metrics.WORK.observe(work)
        signing, key_signing = _secrets(self._ring[0], network, holder, has_key=has_key)
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
        self,
        solved: SolvedWork | None,
        network: bytes,
        holder: TokenHolder | None,
        now: float,
        *,
        has_key: bool = False,
    ) -> None:
        """Check the work for a new token, or to renew the holder's. The harder one is good for everybody.

        Raises `WorkRefused`, `ChallengeRefused`, or `Unavailable` if too many solutions are remembered.
        """
        if solved is None:
            raise WorkRefused("a token needs a proof of work: get a challenge")
        payload = altcha.Payload.from_dict(msgspec.to_builtins(solved))
        secrets = [_secrets(key, network, holder, has_key=False) for key in self._ring]
        if has_key:
            secrets += [_secrets(key, network, holder, has_key=True) for key in self._ring]
        results = [altcha.verify_solution(payload, one, hmac_key_secret=other) for one, other in secrets]
        if any(result.expired for result in results):
            raise ChallengeRefused("the challenge has expired")
        if all(result.invalid_signature for result in results):
            raise ChallengeRefused("the challenge is not one of ours for this network, visitor and proof")
        if not any(result.verified for result in results):
            raise WorkRefused("the solution is wrong")
        self._used.use(bytes.fromhex(solved.challenge.signature), now)
        if holder is None:
            self._newcomers.add(now)


def _secrets(key: Key, network: bytes, holder: TokenHolder | None, *, has_key: bool) -> tuple[bytes, bytes]:
    """Return the secrets that sign challenges, and derived keys, for this network and visitor alone.

    Those for visitors with the key of a device are others.
    """
    visitor = holder.visitor if holder else VisitorId("")
    secret, person = derive_secret(key, b"zufall work 1"), b"zufall work key" if has_key else b"zufall work 1"
    both = blake2b(visitor.encode(), key=secret, salt=network, person=person).digest()
    return both[:32], both[32:]
