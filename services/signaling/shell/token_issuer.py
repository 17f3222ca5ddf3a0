"""Issues tokens for `POST /api/session`."""

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from services.contract import challenges, tokens
from services.contract.decoding import describe
from services.contract.devices import Device
from services.contract.errors import BanInForce, InvalidRequest
from services.contract.ids import DecisionId, DeviceId, VisitorId, device_key, random_id
from services.contract.tokens import TokenHolder, TokenSigner

from ..core.work_policy import NetworkBans
from .device_proof import DeviceProof, DeviceProofVerifier
from .issued_devices import IssuedDevices
from .ports import Standings
from .proof_of_work import ProofOfWork, SolvedWork, WorkChallenge
from .token_verifier import TokenVerifier

TOKEN_REQUEST_BYTES = 2048
"""The size limit of a request: a key, a signature, two sealed texts of some 100 characters, and solved work,
which has 500."""


class TokenRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /api/session`, which may be empty."""

    device: DeviceProof | None = None
    work: SolvedWork | None = None


def parse_token_request(body: bytes) -> TokenRequest:
    """Parse the request in `body`. Raises `InvalidRequest`."""
    try:
        return msgspec.json.decode(body or b"{}", type=TokenRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the request cannot be read: {describe(error)}") from None


class Challenge(Struct, frozen=True, omit_defaults=True):
    """A text that a device signs, and work if the gateway wants some. Both hold for `expires_in` seconds."""

    challenge: str
    expires_in: int
    work: WorkChallenge | UnsetType = UNSET


class DeviceVoucher(Struct, frozen=True):
    """A sealed text that says since when the device key is known; the next proof shows it."""

    voucher: str


class IssuedToken(Struct, frozen=True, omit_defaults=True):
    """A token, and the seconds for which it is valid. `device` is set when a device proved its key."""

    token: str
    expires_in: int
    device: DeviceVoucher | UnsetType = UNSET


class TokenIssuer:
    """Issues tokens to new visitors, and renews tokens. Without `work` nobody must do any."""

    def __init__(
        self,
        signer: TokenSigner,
        verifier: TokenVerifier,
        standings: Standings,
        proofs: DeviceProofVerifier,
        bans: NetworkBans,
        work: ProofOfWork | None,
        devices: IssuedDevices,
    ) -> None:
        self._signer = signer
        self._verifier = verifier
        self._standings = standings
        self._proofs = proofs
        self._bans = bans
        self._work = work
        self._devices = devices

    def challenge(
        self, token: str, network: bytes, wall_now: float, now: float, *, has_key: bool = False
    ) -> Challenge:
        """Return what is needed for a new token, or to renew `token` unless it is empty.

        `network` is a keyed hash of the asker's network. `has_key` says that they will prove the key of a
        device. Times are as in `issue`. Raises `TokenRefused`.
        """
        former = self._former(token)
        work = self._work.challenge(network, former, wall_now, now, has_key=has_key) if self._work else UNSET
        return Challenge(self._proofs.challenge(wall_now), challenges.LIFETIME, work)

    def issue(
        self, request: TokenRequest, token: str, network: bytes, wall_now: float, now: float
    ) -> IssuedToken:
        """Issue a token to a new visitor, or renew `token` unless it is empty.

        `wall_now` is in Unix seconds, `now` in monotonic seconds. Raises `ZufallError`.
        """
        former = self._former(token)
        if former is not None:
            self._refuse_banned(former.visitor, former.device_key, network, now)
        if self._work is not None:
            self._work.verify(request.work, network, former, now, has_key=request.device is not None)
        bound = former.device if former else None
        device = self._proofs.verify(request.device, token, bound, wall_now, now)
        visitor = former.visitor if former else VisitorId(random_id())
        if request.device is not None and device is not None:
            device = structs.replace(device, id=self._name(visitor, request.device))
        key = device_key(device.id) if device else 0
        self._refuse_banned(visitor, key, network, now)
        self._devices.record(visitor, key, now)
        issued = (
            self._signer.renew(former, device, wall_now)
            if former
            else self._signer.issue(wall_now, visitor, device)
        )
        return IssuedToken(issued, tokens.LIFETIME, self._voucher(request.device, device))

    def _former(self, token: str) -> TokenHolder | None:
        """Return whose token is to be renewed, or None if there is none. Raises `TokenRefused`."""
        return self._verifier.verify_to_renew(token) if token else None

    def _name(self, visitor: VisitorId, proof: DeviceProof) -> DeviceId:
        """Return the name under which the device is not in good standing, or else its present one."""
        names = self._proofs.names(proof)
        for holds in (self._standings.ban, self._standings.restricted, self._standings.watched):
            for name in names:
                if holds(visitor, device_key(name)):
                    return name
        return names[0]

    def _refuse_banned(self, visitor: VisitorId, device: int, network: bytes, now: float) -> None:
        """Raise `BanInForce` if the visitor is banned, or another one of the device with this key."""
        notice = self._standings.ban(visitor, device)
        if notice is not None:
            self._bans.record(network, DecisionId(notice.decision), now)
            raise BanInForce("this visitor is banned", notice)

    def _voucher(self, proof: DeviceProof | None, device: Device | None) -> DeviceVoucher | UnsetType:
        if proof is None or device is None:
            return UNSET
        return DeviceVoucher(self._proofs.voucher(proof, device))
