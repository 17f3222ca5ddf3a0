"""Signs the digests of an export with Ed25519, so that anybody can see that nothing was changed."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from services.contract.keys import Key, derive_secret

_PURPOSE = b"zufall export signature 1"


class ExportKey:
    """The key that a key of the console's ring stands for. Nobody without the ring can sign with it."""

    def __init__(self, key: Key) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(derive_secret(key, _PURPOSE))

    @property
    def public(self) -> "PublicExportKey":
        return PublicExportKey(self._private.public_key())

    def sign(self, content: bytes) -> bytes:
        return self._private.sign(content)


class PublicExportKey:
    """The half that everybody may know."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @property
    def pem(self) -> bytes:
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def __str__(self) -> str:
        """Return the 32 bytes of the key in hexadecimal, for people to compare."""
        return self._key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def verifies(self, signature: bytes, content: bytes) -> bool:
        try:
            self._key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


def parse_public_key(pem: bytes) -> PublicExportKey:
    """Parse a key in PEM; raise `ValueError`."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the key is not one of Ed25519")  # noqa: TRY004 -- of the file, not of our code
    return PublicExportKey(key)
