"""Requests that another site made a browser send."""

from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.test_utils import make_mocked_request

from services.contract.errors import InvalidRequest, PermissionRefused
from services.signaling.shell.cross_site import check_sender

OURS = "https://zufall.test"


def check(method: str, headers: Mapping[str, str], body: object = EMPTY_PAYLOAD) -> None:
    payload: Any = body
    request: web.Request = make_mocked_request(method, "/api/session", headers=headers, payload=payload)
    check_sender(request, {OURS})


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"}),
        ("POST", {"Origin": "https://zufall.test.evil"}),
        ("POST", {"Origin": "https://zufall.test@evil.test"}),
        ("POST", {"Origin": "https://zufall.test."}),
        ("POST", {"Origin": "null"}),
        ("POST", {"Origin": ""}),
        ("POST", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}),
        ("GET", {"Origin": "https://evil.test", "Upgrade": "websocket"}),
    ],
)
def test_a_request_of_another_site_is_refused(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(PermissionRefused):
        check(method, headers)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"Origin": OURS, "Sec-Fetch-Site": "same-origin"}),
        ("POST", {"Origin": OURS, "Sec-Fetch-Site": "same-site"}),
        ("POST", {}),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}),
        ("GET", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
        ("GET", {}),
    ],
)
def test_pages_of_ours_programs_and_links_pass(method: str, headers: dict[str, str]) -> None:
    check(method, headers)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_that_any_page_may_post_is_refused(kind: str) -> None:
    headers = {"Content-Type": f"{kind}; charset=utf-8"}
    with pytest.raises(InvalidRequest):
        check("POST", headers, body=object())
    check("POST", headers)


def test_json_is_read() -> None:
    check("POST", {"Content-Type": "application/json; charset=utf-8"}, body=object())
