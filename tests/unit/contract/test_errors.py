"""Error codes are stable and unique, and every boundary maps them."""

import re

from grpc import StatusCode

from services.contract import errors
from services.contract.errors import BanInForce, CloseCode, StaleEpoch, ZufallError
from services.reports.shell.reports_servicer import STATUSES as GRPC
from services.signaling.shell.http_api import STATUSES as HTTP


def kinds(of: type[ZufallError] = ZufallError) -> list[type[ZufallError]]:
    found = [kind for child in of.__subclasses__() for kind in (child, *kinds(child))]
    return [kind for kind in found if kind.__module__ == errors.__name__]


def test_the_stable_codes_are_unchanged() -> None:
    assert {kind.code for kind in kinds()} >= {
        "banned",
        "description_refused",
        "evidence_refused",
        "invalid_request",
        "memory_refused",
        "not_found",
        "pass_refused",
        "permission_refused",
        "rewind_refused",
        "stale_epoch",
        "token_refused",
        "unavailable",
    }


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(set(codes)) == len(codes)
    assert "internal" not in codes
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_the_text_of_an_error_is_its_sentence() -> None:
    for kind in kinds():
        assert kind.__doc__
        if kind in (StaleEpoch, BanInForce):
            continue
        error = kind("because")
        assert (str(error), error.message) == ("because", "because")


def test_a_stale_epoch_error_names_the_newer_epoch() -> None:
    error = StaleEpoch(7)
    assert (error.epoch, str(error)) == (7, error.message)


def test_the_error_of_a_ban_brings_its_reasons() -> None:
    error = BanInForce("because", "its reasons")
    assert (str(error), error.members) == ("because", {"ban": "its reasons"})


def test_close_codes_are_those_of_the_protocol() -> None:
    assert {code.name: int(code) for code in CloseCode} == {
        "RESTART": 1012,
        "BAD_FRAME": 4400,
        "TOKEN_REFUSED": 4401,
        "BANNED": 4403,
        "NO_HELLO": 4408,
        "CONNECTED_ELSEWHERE": 4409,
        "TOO_LARGE": 4413,
        "TOO_FAST": 4429,
    }


def test_each_error_has_a_status_in_http_and_grpc() -> None:
    assert set(HTTP) <= set(kinds())
    assert all(400 <= status < 600 for status in HTTP.values())
    assert len(set(GRPC)) == len(GRPC)
    assert StatusCode.OK not in GRPC.values()
