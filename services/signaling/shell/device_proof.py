"""Proofs that a browser holds a device key: it signs a challenge, and each challenge is accepted once."""

from typing import Annotated

from msgspec import Meta, Struct

from services.contract import challenges
from services.contract.challenges import ChallengeSealer
from services.contract.devices import (
    PUBLIC_KEY_BYTES,
    SIGNATURE_BYTES,
    Device,
    DeviceVouchers,
    check_signature,
    signed_text,
)
from services.contract.errors import ChallengeRefused, ProofRefused, Unavailable
from services.contract.ids import DeviceId

from ..core.messages import SealedText
from . import metrics

REMEMBER_SECONDS = 2.0 * challenges.LIFETIME
"""Seconds for which a used challenge is remembered. One from a clock that is ahead may be valid that long."""


class DeviceProof(Struct, frozen=True, forbid_unknown_fields=True):
    """The field `device` of `POST /api/session`. Bytes are in base64."""

    key: Annotated[bytes, Meta(min_length=PUBLIC_KEY_BYTES, max_length=PUBLIC_KEY_BYTES)]
    challenge: SealedText
    signature: Annotated[bytes, Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)]
    voucher: SealedText | None = None


class ReplayCache:
    """Remembers at most `most` used challenges, of devices and of work. Times are monotonic seconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._until: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def use(self, id: bytes, now: float) -> None:
        """Record a challenge.

        Raises `ChallengeRefused` if it was used before, and `Unavailable` if too many are kept.
        """
        self._forget(now)
        if id in self._until:
            raise ChallengeRefused("the challenge was used")
        if len(self._until) >= self._most:
            metrics.REFUSED_REQUESTS.labels("busy").inc()
            raise Unavailable("too many visitors come at once")
        self._until[id] = now + REMEMBER_SECONDS

    def _forget(self, now: float) -> None:
        while self._until:
            first = next(iter(self._until))
            if self._until[first] > now:
                return
            del self._until[first]


class DeviceProofVerifier:
    """Checks the device proofs that one gateway receives."""

    def __init__(self, devices: DeviceVouchers, asked: ChallengeSealer, used: ReplayCache) -> None:
        self._devices = devices
        self._challenges = asked
        self._used = used

    def challenge(self, wall_now: float) -> str:
        """Return a challenge to sign within `challenges.LIFETIME` seconds."""
        return self._challenges.issue(wall_now)

    def verify(
        self, proof: DeviceProof | None, token: str, former: Device | None, wall_now: float, now: float
    ) -> Device | None:
        """Return the device that a new token names, or None without a proof.

        `token` is the token to renew, or "". `former` is the device that it names, and only that device may
        renew it. Raises `ProofRefused`, `ChallengeRefused` or `Unavailable`.
        """
        if proof is None:
            if former is not None:
                raise ProofRefused("the token names a device, whose key must sign to renew it")
            return None
        id = self._challenges.open(proof.challenge, wall_now)
        check_signature(proof.key, proof.signature, signed_text(proof.challenge, token))
        if former is not None and former.id not in self.names(proof):
            raise ProofRefused("the token names another device")
        self._used.use(id, now)
        return Device(self._devices.device_id(proof.key), self._since(proof, former, int(wall_now)))

    def names(self, proof: DeviceProof) -> list[DeviceId]:
        """Return all names of the device, the present one first."""
        return self._devices.device_ids(proof.key)

    def voucher(self, proof: DeviceProof, device: Device) -> str:
        """Return the voucher that the browser keeps beside its key."""
        return self._devices.issue_voucher(proof.key, device.since)

    def _since(self, proof: DeviceProof, former: Device | None, wall_now: int) -> int:
        """Return the earliest proven time in Unix seconds. It is never in the future of this clock."""
        vouched = self._devices.known_since(proof.key, proof.voucher) if proof.voucher else None
        bound = former.since if former else None
        return min(since for since in (wall_now, vouched, bound) if since is not None)
