"""Only a token that we signed, for us, and that has not expired names a visitor."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contract.devices import Device
from services.contract.errors import TokenRefused
from services.contract.ids import DeviceId, VisitorId, random_id
from services.contract.keys import derive_key, new_key, parse_key
from services.contract.tokens import LIFETIME, LONGEST_USE, TokenSigner, id_to_revoke

KEY = parse_key(new_key())
OTHER = parse_key(new_key())
SIGNER = TokenSigner([KEY, OTHER])
SIGNING = derive_key(KEY, b"zufall token 1")
KID = SIGNING.name.hex()
PRIVATE = Ed25519PrivateKey.from_private_bytes(SIGNING.secret)
VISITOR = VisitorId(random_id())
DEVICE = Device(DeviceId(random_id()), 7)


def forged(algorithm: str = "EdDSA", key: Any = PRIVATE, kid: Any = KID, **changes: Any) -> str:
    """Return a token like ours with `changes`. A claim or a `kid` of None is left out."""
    now = int(time.time())
    claims = {"sub": VISITOR, "aud": "zufall", "iat": now, "exp": now + 60, "jti": random_id()} | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm, headers={"kid": kid} if kid is not None else {})


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_names_the_visitor_for_an_hour() -> None:
    assert SIGNER.verify(SIGNER.issue(time.time(), VISITOR), time.time()).visitor == VISITOR
    assert SIGNER.verify(SIGNER.issue(time.time() - LIFETIME + 60, VISITOR), time.time()).visitor == VISITOR
    assert LIFETIME == 3600


def test_an_old_token_still_names_the_visitor_for_a_day() -> None:
    now = time.time()
    old = SIGNER.issue(now - LONGEST_USE + 60, VISITOR)
    assert SIGNER.verify_old(old, now).visitor == VISITOR
    with pytest.raises(TokenRefused, match="expired"):
        SIGNER.verify_old(old, now + 120)
    for forgery in (forged(key=Ed25519PrivateKey.generate()), forged(aud="somebody"), forged(jti=None)):
        with pytest.raises(TokenRefused, match="not one of ours"):
            SIGNER.verify_old(forgery, now)


def test_every_token_has_an_id_of_its_own() -> None:
    one, other = (SIGNER.verify(SIGNER.issue(time.time(), VISITOR), time.time()) for _ in range(2))
    assert one.id != other.id
    assert one.revocable_by == (one.id,)


def test_what_was_renewed_without_a_key_is_revoked_with_its_origin() -> None:
    """A thief may have renewed a token that names no device, with or without a key of their own."""
    now = time.time()
    stolen = SIGNER.verify(SIGNER.issue(now, VISITOR), time.time())
    again = SIGNER.verify(SIGNER.renew(stolen, None, now), time.time())
    third = SIGNER.verify(SIGNER.renew(again, None, now), time.time())
    with_a_key = SIGNER.verify(SIGNER.renew(third, DEVICE, now), time.time())
    once_more = SIGNER.verify(SIGNER.renew(with_a_key, DEVICE, now), time.time())
    for renewed in (again, third, with_a_key, once_more):
        assert renewed.visitor == VISITOR
        assert renewed.revocable_by == (renewed.id, stolen.id)


def test_what_the_owner_of_a_key_renewed_outlives_the_token_that_was_stolen() -> None:
    now = time.time()
    stolen = SIGNER.verify(SIGNER.issue(now, VISITOR, DEVICE), time.time())
    renewed = SIGNER.verify(SIGNER.renew(stolen, DEVICE, now), time.time())
    assert renewed.revocable_by == (renewed.id,)
    assert renewed.device == DEVICE


def test_the_id_that_revokes_a_token_is_read_without_its_key() -> None:
    now = time.time()
    plain = SIGNER.issue(now, VISITOR)
    renewed = SIGNER.renew(SIGNER.verify(plain, time.time()), None, now)
    owned = SIGNER.issue(now, VISITOR, DEVICE)
    assert id_to_revoke(plain) == id_to_revoke(renewed) == SIGNER.verify(plain, time.time()).id
    assert (
        id_to_revoke(owned)
        == id_to_revoke(SIGNER.verify(owned, time.time()).id)
        == SIGNER.verify(owned, time.time()).id
    )
    with_a_key = SIGNER.renew(SIGNER.verify(plain, time.time()), DEVICE, now)
    assert id_to_revoke(with_a_key) == SIGNER.verify(with_a_key, time.time()).id


@pytest.mark.parametrize(
    "text", ["", "hello", "a.b.c", "x" * 23, "é" * 22, forged(jti=None), forged(jti="7")]
)
def test_what_has_no_id_is_no_token(text: str) -> None:
    with pytest.raises(TokenRefused):
        id_to_revoke(text)


def test_every_gateway_with_the_key_accepts_a_token() -> None:
    assert TokenSigner([KEY]).verify(SIGNER.issue(time.time(), VISITOR), time.time()).visitor == VISITOR


def test_a_new_visitor_gets_a_random_id() -> None:
    visitors = {SIGNER.verify(SIGNER.issue(time.time()), time.time()).visitor for _ in range(50)}
    assert len(visitors) == 50
    assert {len(visitor) for visitor in visitors} == {22}


def test_an_expired_token_is_refused_as_expired() -> None:
    with pytest.raises(TokenRefused, match="expired"):
        SIGNER.verify(SIGNER.issue(time.time() - LIFETIME - 1), time.time())


def test_the_unchanged_base_of_the_forgeries_is_accepted() -> None:
    assert SIGNER.verify(forged(), time.time()).visitor == VISITOR


UNSIGNED = f"{segment({'alg': 'none', 'typ': 'JWT'})}.{forged().split('.')[1]}."
OTHER_HEADER = f"{segment({'alg': 'none'})}.{forged().split('.', 1)[1]}"
OTHER_CLAIMS = ".".join(
    [forged().split(".")[0], segment({"sub": "me", "aud": "zufall"}), forged().split(".")[2]]
)


@pytest.mark.parametrize(
    "token",
    {
        "alg none": UNSIGNED,
        "alg none, signed": OTHER_HEADER,
        "alg none by the library": forged("none", None),
        "HMAC with the public key": forged("HS256", PRIVATE.public_key().public_bytes_raw()),
        "HMAC with our secret": forged("HS256", SIGNING.secret),
        "the key of another purpose": forged(key=Ed25519PrivateKey.from_private_bytes(KEY.secret)),
        "no name of a key": forged(kid=None),
        "the name of an unknown key": forged(kid="00000000"),
        "a path as the name of a key": forged(kid="../../dev/null"),
        "a list as the name of a key": f"{segment({'alg': 'EdDSA', 'kid': []})}.{forged().split('.', 1)[1]}",
        "a name for another key": forged(kid=derive_key(OTHER, b"zufall token 1").name.hex()),
        "another key": TokenSigner([parse_key(new_key())]).issue(time.time(), VISITOR),
        "other claims": OTHER_CLAIMS,
        "no signature": forged().rsplit(".", 1)[0],
        "half a signature": forged()[:-20],
        "another audience": forged(aud="somebody"),
        "no audience": forged(aud=None),
        "no visitor": forged(sub=None),
        "no end": forged(exp=None),
        "no beginning": forged(iat=None),
        "no id": forged(jti=None),
        "an end that is no number": forged(exp="tomorrow"),
        "nothing": "",
        "dots": "..",
        "text": "hello",
        "letters": "é.é.é",
        "bytes of a header that are no UTF-8": "a.b.\udcff",
        "a pass": "A" * 200,
    }.items(),
    ids=lambda item: item[0],
)
def test_forged_tokens_are_refused(token: tuple[str, str]) -> None:
    with pytest.raises(TokenRefused):
        SIGNER.verify(token[1], time.time())


def test_keys_rotate_and_no_visitor_is_renamed() -> None:
    """A new key is added at the end, then signs, and the old one goes when its last token has expired."""
    new = parse_key(new_key())
    old, first, second, last = (TokenSigner(ring) for ring in ([KEY], [KEY, new], [new, KEY], [new]))
    token = old.issue(time.time(), VISITOR)
    for gateway in (first, second):
        assert gateway.verify(token, time.time()).visitor == VISITOR
    renewed = second.issue(time.time(), VISITOR)
    for gateway in (first, second, last):
        assert gateway.verify(renewed, time.time()).visitor == VISITOR
    with pytest.raises(TokenRefused):
        last.verify(token, time.time())


def test_a_changed_character_is_noticed() -> None:
    token = SIGNER.issue(time.time(), VISITOR)
    for place in range(0, len(token) - 1, 7):  # the last one holds unused bits
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenRefused):
            SIGNER.verify(changed, time.time())
