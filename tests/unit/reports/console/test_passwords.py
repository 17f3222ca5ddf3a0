"""A password that is easy to guess is refused with a reason, and one that is not is taken."""

import pytest

from services.contract.errors import InvalidRequest
from services.reports.shell.console.credentials import check_password


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "123456789012",
        "password1234",
        "iloveyou2024",
        "qwertyuiop12",
        "moderator1234",
        "zufall-zufall-zufall",
        "winterswinters",
        "a" * 256,
    ],
)
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^choose another password, such as four words"):
        check_password(password, "vic.winters@example.org")


@pytest.mark.parametrize("password", ["short", "", "a" * 257])
def test_the_length_is_said(password: str) -> None:
    with pytest.raises(InvalidRequest, match="12 to 256 characters"):
        check_password(password, "vic")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "fenster-baum-kaffee", "xT7#pq!mLw90", "Straße über Öl, täglich"]
)
def test_what_is_not_is_taken(password: str) -> None:
    check_password(password, "vic")
