"""Devices: browsers that hold a key and sign with it; what tokens and vouchers say of one.

Pure. The key never leaves the browser, and the installation keeps no list of keys: what must be known of one
the browser holds, sealed.
"""

import base64
from collections.abc import Sequence
from hashlib import blake2b, sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .errors import PassRefused, ProofRefused
from .ids import DeviceId
from .keys import Key
from .limits import MAX_DEVICE_HOURS
from .sealing import Sealer

PUBLIC_KEY_BYTES = 65
"""A point of P-256, uncompressed, as WebCrypto exports it raw."""
SIGNATURE_BYTES = 64
"""r and s, 32 bytes each, as WebCrypto signs."""

_HALF = SIGNATURE_BYTES // 2
_PURPOSE = b"zufall device proof 1"


class Device(msgspec.Struct, frozen=True):
    """`since`: when the installation first saw the key, in Unix seconds."""

    id: DeviceId
    since: int

    def hours(self, wall_now: float) -> int:
        """For how many whole hours it has been known, at most `MAX_DEVICE_HOURS`."""
        return max(0, min(int(wall_now - self.since) // 3600, MAX_DEVICE_HOURS))


class _Voucher(msgspec.Struct, frozen=True, array_like=True):
    key: bytes
    since: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Voucher)


class DeviceVouchers:
    """Names devices, and vouches for when they were first seen; the same at every gateway."""

    def __init__(self, token_key: Key, ring: Sequence[Key]) -> None:
        self._secret = token_key.secret
        self._sealer = Sealer(ring, b"zufall device voucher 1")

    def name(self, key: bytes) -> DeviceId:
        """22 base64url characters that hang on the secret: with another, or without, nobody knows the key."""
        digest = blake2b(key, key=self._secret, digest_size=16, person=b"zufall device").digest()
        return DeviceId(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())

    def vouch(self, key: bytes, since: int) -> str:
        """What the browser shows when it comes again."""
        return self._sealer.seal(_encoder.encode(_Voucher(sha256(key).digest(), since)))

    def vouched(self, key: bytes, voucher: str) -> int | None:
        """Since when the key is known; None when `voucher` is of another key, or sealed with one we lost."""
        try:
            content = _decoder.decode(self._sealer.open(voucher))
        except PassRefused:
            return None
        return content.since if content.key == sha256(key).digest() else None


def signed_text(challenge: str, token: str) -> bytes:
    """What a browser signs: for `challenge`, to renew `token`, or with "" to become a new visitor.

    The token is in it so that a proof that somebody saw renews no other token that they have.
    """
    return b"\n".join((_PURPOSE, challenge.encode(), token.encode()))


def check_signature(key: bytes, signature: bytes, text: bytes) -> None:
    """Raise `ProofRefused` unless `signature` over `text` was made with the private key of `key`."""
    r, s = (int.from_bytes(half) for half in (signature[:_HALF], signature[_HALF:]))
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
        public.verify(encode_dss_signature(r, s), text, ECDSA(SHA256()))
    except ValueError:
        raise ProofRefused("the key is no point of P-256") from None
    except InvalidSignature:
        raise ProofRefused("the signature is not of this key") from None
