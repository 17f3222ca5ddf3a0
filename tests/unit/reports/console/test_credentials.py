"""Passwords, codes and tokens."""

import pytest

from services.contract.errors import InvalidRequest
from services.reports.shell.console import credentials

RFC_6238 = b"12345678901234567890"
"""The secret of the test vectors in appendix B."""


def test_only_the_right_password_is_verified() -> None:
    hashed = credentials.hash_password("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert credentials.verify_password("correct horse battery", hashed)
    assert not credentials.verify_password("correct horse batterz", hashed)
    assert credentials.hash_password("correct horse battery") != hashed, "each has a salt of its own"


def test_no_password_is_verified_against_an_empty_hash() -> None:
    assert not credentials.verify_password("", "")
    assert not credentials.verify_password("correct horse battery", "")


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_match_the_vectors_of_rfc_6238(at: int, code: str) -> None:
    assert credentials.matching_totp_step(RFC_6238, code, at * 1000) == at // 30


def test_a_clock_may_be_wrong_by_one_step() -> None:
    now = 1111111109 * 1000
    steps = {
        later: credentials.matching_totp_step(RFC_6238, "081804", now + later * 30_000)
        for later in range(-2, 3)
    }
    assert {later for later, step in steps.items() if step is not None} == {-1, 0, 1}
    assert {step for step in steps.values() if step is not None} == {1111111109 // 30}, (
        "it is the code of one step"
    )


@pytest.mark.parametrize("code", ["", "28708", "2870820", "２８７０８２", "abcdef", "\0" * 6, "-87082"])
def test_malformed_codes_are_wrong(code: str) -> None:
    assert credentials.matching_totp_step(RFC_6238, code, 59_000) is None


def test_short_and_long_passwords_are_refused() -> None:
    for password in ("x" * 11, "x" * 257):
        with pytest.raises(InvalidRequest):
            credentials.check_password(password, "ann")
    credentials.check_password("tram-owl-kiln", "ann")


def test_the_qr_code_holds_the_provisioning_uri() -> None:
    uri = credentials.provisioning_uri(RFC_6238, "ann")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={credentials.base32(RFC_6238)}" in uri
    assert credentials.qr_svg(uri).startswith("<svg")
