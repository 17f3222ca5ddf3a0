"""The security headers of every answer."""

import pytest

from services.runtime.security_headers import security_headers


def test_a_page_may_use_what_it_names_and_nothing_else() -> None:
    policy = security_headers("", (), ("camera", "fullscreen"))["Permissions-Policy"].split(", ")
    assert [one for one in policy if not one.endswith("=()")] == ["camera=(self)", "fullscreen=(self)"]
    assert {"microphone=()", "geolocation=()", "usb=()", "payment=()"} <= set(policy)


@pytest.mark.parametrize("feature", ["language-detector", "on-device-speech-recognition", "translator"])
def test_understanding_each_other_stays_within_our_own_pages(feature: str) -> None:
    assert f"{feature}=(self)" in security_headers("", (), (feature,))["Permissions-Policy"]
    assert f"{feature}=()" in security_headers("", ())["Permissions-Policy"]


def test_a_feature_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="kamera"):
        security_headers("", (), ("kamera",))


@pytest.mark.parametrize(
    ("origins", "strict"),
    [
        (("https://zufall.example", "https://www.zufall.example"), True),
        (("https://zufall.example", "http://localhost:8080"), False),
        (("http://127.0.0.1:8080",), False),
        ((), False),
    ],
)
def test_only_where_all_is_https_browsers_must_never_come_without(
    origins: tuple[str, ...], strict: bool
) -> None:
    assert ("Strict-Transport-Security" in security_headers("", origins)) == strict
