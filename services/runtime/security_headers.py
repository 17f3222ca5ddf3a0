"""The security headers of every HTTP answer."""

from collections.abc import Iterable

_YEAR = 365 * 24 * 60 * 60

_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "compute-pressure",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "language-detector",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "on-device-speech-recognition",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "speaker-selection",
    "storage-access",
    "translator",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
"""The features that a browser lets a page use. Browsers warn about names that they do not know."""


def security_headers(
    content_policy: str, origins: Iterable[str], features: Iterable[str] = ()
) -> dict[str, str]:
    """Return the headers of a site with this content policy, which is opened at `origins`.

    Its pages may use `features`, and frames in them nothing. If all origins are https, browsers must never
    come without it.
    """
    headers = {
        "Content-Security-Policy": content_policy,
        "Permissions-Policy": _permissions_policy(frozenset(features)),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    schemes = {origin.partition("://")[0] for origin in origins}
    if schemes == {"https"}:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return headers


def _permissions_policy(allowed: frozenset[str]) -> str:
    if unknown := allowed - set(_FEATURES):
        raise ValueError(f"{', '.join(unknown)}: no such feature")
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in _FEATURES)
