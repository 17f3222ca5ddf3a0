"""Devices: browsers that hold a private key and sign with it.

The private key never leaves the browser. The installation keeps no list of keys: the browser holds a sealed
voucher that says when its key was first seen.
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
from .keys import Key, derive_secret
from .limits import MAX_DEVICE_HOURS
from .sealing import Sealer

PUBLIC_KEY_BYTES = 65
"""The length of an uncompressed point of P-256, as WebCrypto exports it in its raw format."""
SIGNATURE_BYTES = 64
"""The length of r and s, 32 bytes each, as WebCrypto signs."""

_HALF = SIGNATURE_BYTES // 2
_PURPOSE = b"zufall device proof 1"


class Device(msgspec.Struct, frozen=True):
    """A device. `since` is when the installation first saw its key, in Unix seconds."""

    id: DeviceId
    since: int

    def hours(self, wall_now: float) -> int:
        """Return for how many whole hours it has been known, at most `MAX_DEVICE_HOURS`."""
        return max(0, min(int(wall_now - self.since) // 3600, MAX_DEVICE_HOURS))


class _Voucher(msgspec.Struct, frozen=True, array_like=True):
    key: bytes
    since: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Voucher)


class DeviceVouchers:
    """Names devices and issues vouchers. Every gateway with the same keys gives the same answers."""

    def __init__(self, token_keys: Sequence[Key], ring: Sequence[Key]) -> None:
        self._secrets = [derive_secret(key, b"zufall device name 1") for key in token_keys]
        self._sealer = Sealer(ring, b"zufall device voucher 1", underived=ring)

    def device_id(self, key: bytes) -> DeviceId:
        """Return the device's id: a keyed hash of its public key as 22 base64url characters."""
        return _device_id(key, self._secrets[0])

    def device_ids(self, key: bytes) -> list[DeviceId]:
        """Return all names of the device: the present one, and those from before the keys were rotated."""
        return [_device_id(key, secret) for secret in self._secrets]

    def issue_voucher(self, key: bytes, since: int) -> str:
        """Return a voucher that says since when the key is known. The browser shows it at its next visit."""
        return self._sealer.seal(_encoder.encode(_Voucher(sha256(key).digest(), since)))

    def known_since(self, key: bytes, voucher: str) -> int | None:
        """Return since when the key is known, or None if the voucher is for another key or does not open."""
        try:
            content = _decoder.decode(self._sealer.open(voucher))
        except PassRefused:
            return None
        return content.since if content.key == sha256(key).digest() else None


def _device_id(key: bytes, secret: bytes) -> DeviceId:
    digest = blake2b(key, key=secret, digest_size=16, person=b"zufall device").digest()
    return DeviceId(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def signed_text(challenge: str, token: str) -> bytes:
    """Return the bytes that a browser signs to renew `token`, or to become a new visitor if it is "".

    The token is part of them so that a proof that somebody intercepts renews no other token.
    """
    return b"\n".join((_PURPOSE, challenge.encode(), token.encode()))


def check_signature(key: bytes, signature: bytes, text: bytes) -> None:
    """Raise `ProofRefused` unless `signature` over `text` was made with the private key of `key`."""
    r, s = (int.from_bytes(half) for half in (signature[:_HALF], signature[_HALF:]))
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
        public.verify(encode_dss_signature(r, s), text, ECDSA(SHA256()))
    except ValueError:
        raise ProofRefused("the key is not a point of P-256") from None
    except InvalidSignature:
        raise ProofRefused("the signature is not of this key") from None
