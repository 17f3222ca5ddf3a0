"""Keys are parsed from text that people paste, and ids are random."""

import base64
import secrets

import pytest

from services.contract.ids import DeviceId, VisitorId, device_key, random_id, visitor_key
from services.contract.keys import derive_secret, new_key, parse_key, parse_ring


def test_a_new_key_can_be_parsed_and_is_random() -> None:
    keys = {parse_key(new_key()) for _ in range(20)}
    assert len({key.secret for key in keys}) == len({key.name for key in keys}) == 20
    assert {(len(key.secret), len(key.name)) for key in keys} == {(32, 4)}


def test_a_key_may_have_padding_and_blanks() -> None:
    secret = secrets.token_bytes(32)
    padded = base64.urlsafe_b64encode(secret).decode()
    assert parse_key(f" {padded}\n") == parse_key(padded.rstrip("="))
    assert parse_key(padded).secret == secret


def test_the_name_of_a_key_follows_from_it() -> None:
    text = new_key()
    assert parse_key(text).name == parse_key(text).name


def test_the_repr_of_a_key_hides_its_secret() -> None:
    key = parse_key(new_key())
    assert repr(key) == f"Key({key.name.hex()})"
    assert key.secret.hex() not in repr((key,))


@pytest.mark.parametrize("text", ["", "secret", "k" * 41, "k" * 47, "é" * 43, "a"])
def test_invalid_keys_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a key"):
        parse_key(text)


def test_the_first_key_of_a_ring_seals() -> None:
    one, other = new_key(), new_key()
    assert parse_ring(f"{one}, {other},") == (parse_key(one), parse_key(other))


@pytest.mark.parametrize("text", ["", " , ", ","])
def test_an_empty_ring_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        parse_ring(text)


def test_a_ring_with_an_invalid_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        parse_ring(f"{new_key()},c2hvcnQ")


def test_ids_are_128_random_bits() -> None:
    ids = {random_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(one) for one in ids} == {22}
    assert not any(one.startswith("-") for one in ids), "a command would take it for an option"
    assert {len(base64.urlsafe_b64decode(one + "==")) for one in ids} == {16}


def test_the_key_of_a_visitor_is_the_first_eight_bytes() -> None:
    raw = bytes(range(16))
    visitor = VisitorId(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())
    assert device_key(DeviceId(visitor)) == visitor_key(visitor)
    assert visitor_key(visitor) == int.from_bytes(raw[:8], "little")


def test_a_secret_of_one_purpose_is_no_other_and_not_the_key() -> None:
    key = parse_key(new_key())
    one, other = derive_secret(key, b"one"), derive_secret(key, b"other")
    assert len({one, other, key.secret}) == 3
    assert (len(one), derive_secret(key, b"one")) == (32, one)
