"""Each purpose has keys of its own, although an installation keeps one ring for several purposes."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.contract.errors import PassRefused
from services.contract.keys import derive_key, derive_secret, new_key, parse_key
from services.contract.sealing import Sealer

OLD, NEW = parse_key(new_key()), parse_key(new_key())


def sealed_directly(purpose: bytes) -> str:
    """Return what a version before 0.2.0 sealed, with the key itself."""
    nonce = bytes(12)
    sealed = OLD.name + nonce + AESGCM(OLD.secret).encrypt(nonce, b"content", purpose)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def test_purposes_share_no_key() -> None:
    one, other = Sealer([OLD], b"one"), Sealer([OLD], b"other")
    sealed = one.seal(b"content")
    assert one.open(sealed) == b"content"
    with pytest.raises(PassRefused):
        other.open(sealed)
    secrets = {
        OLD.secret,
        derive_secret(OLD, b"one"),
        derive_secret(OLD, b"other"),
        derive_secret(NEW, b"one"),
    }
    assert len(secrets) == 4
    names = {OLD.name, derive_key(OLD, b"one").name, derive_key(OLD, b"other").name}
    assert len(names) == 3


def test_whoever_learns_the_key_of_one_purpose_opens_nothing_else() -> None:
    """The derived key, taken for the ring itself, opens and makes nothing of another purpose."""
    learned = derive_key(OLD, b"one")
    theirs = Sealer([learned], b"other", underived=[learned])
    ours = Sealer([OLD], b"other")
    with pytest.raises(PassRefused):
        theirs.open(ours.seal(b"content"))
    with pytest.raises(PassRefused):
        ours.open(theirs.seal(b"content"))


def test_a_ring_is_rotated() -> None:
    before, between, after = (Sealer(ring, b"one") for ring in ([OLD], [NEW, OLD], [NEW]))
    assert between.open(before.seal(b"content")) == b"content"
    assert after.open(between.seal(b"content")) == b"content"
    with pytest.raises(PassRefused):
        after.open(before.seal(b"content"))


def test_older_seals_open_only_where_they_are_expected() -> None:
    assert Sealer([NEW], b"one", underived=[OLD]).open(sealed_directly(b"one")) == b"content"
    with pytest.raises(PassRefused):
        Sealer([NEW], b"one", underived=[OLD]).open(sealed_directly(b"other"))
    with pytest.raises(PassRefused):
        Sealer([OLD], b"one").open(sealed_directly(b"one"))
    assert Sealer([OLD], b"one").open(Sealer([OLD], b"one", underived=[OLD]).seal(b"x")) == b"x"
