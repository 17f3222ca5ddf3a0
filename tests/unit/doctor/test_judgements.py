"""Each judgement of the doctor, at both sides of its limit."""

import pytest

from services.doctor.core.check_result import CheckResult
from services.doctor.core.machine import (
    GIBIBYTE,
    RoleFacts,
    judge_backup,
    judge_builds,
    judge_disk,
    judge_mail,
    judge_nats,
    judge_readiness,
    judge_role,
)
from services.doctor.core.relay import TurnServer, judge_peers, judge_policy, parse_turn_url
from services.doctor.core.site import (
    judge_address,
    judge_certificate,
    judge_clock,
    judge_origin,
    judge_redirect,
    judge_versions,
)

US, PROXY, NOBODY = "8.8.4.4", "172.18.0.2", "198.51.100.77"


@pytest.mark.parametrize(
    ("result", "level"),
    [
        (judge_certificate(89.5), "green"),
        (judge_certificate(14.0), "green"),
        (judge_certificate(13.9), "red"),
        (judge_redirect(308, "https", "a.example", "a.example"), "green"),
        (judge_redirect(301, "http", "a.example", "a.example"), "red"),
        (judge_redirect(302, "https", "a.example.evil.example", "a.example"), "red"),
        (judge_redirect(200, "", "", "a.example"), "red"),
        (judge_versions({"one": "0.2.0", "two": "0.2.0"}, "0.2.0"), "green"),
        (judge_versions({"one": "0.2.0", "two": "0.2.0"}, "0.2.1"), "yellow"),
        (judge_versions({"one": "0.2.0", "two": "0.2.1"}, "0.2.1"), "red"),
        (judge_origin(403), "green"),
        (judge_origin(101), "red"),
        (judge_origin(502), "red"),
        (judge_clock(0.4), "green"),
        (judge_clock(-5.1), "red"),
        (judge_clock(5.1), "red"),
        (judge_policy("relay"), "green"),
        (judge_policy("public"), "yellow"),
        (judge_policy("all"), "red"),
        (judge_peers({"10.0.0.1": 403, "127.0.0.1": 403}), "green"),
        (judge_peers({"10.0.0.1": None, "127.0.0.1": 403}), "red"),
        (judge_peers({"10.0.0.1": 437}), "red"),
    ],
)
def test_what_visitors_meet(result: CheckResult, level: str) -> None:
    assert result.level == level
    assert result.seen


@pytest.mark.parametrize(
    ("seen", "own", "is_told", "level"),
    [
        ({US}, {US}, False, "green"),
        ({US}, {"192.168.1.5", US}, False, "green"),
        ({"192.168.1.5"}, {"192.168.1.5"}, False, "green"),
        ({PROXY}, {US}, False, "red"),
        ({US, PROXY}, {US}, False, "red"),
        ({"9.9.9.9"}, {US}, False, "red"),
        ({PROXY}, {"172.18.0.7"}, False, "yellow"),
        ({PROXY}, {"172.18.0.7"}, True, "red"),
        ({US, NOBODY}, {US}, False, "red"),
    ],
)
def test_the_address_that_gateways_see(seen: set[str], own: set[str], is_told: bool, level: str) -> None:
    assert judge_address(seen, NOBODY, own, is_told).level == level


@pytest.mark.parametrize(
    ("result", "level"),
    [
        (judge_readiness({"gateway-1": "", "matcher": ""}), "green"),
        (judge_readiness({"gateway-1": "", "matcher": "it does not answer"}), "red"),
        (judge_builds({"a": "0.2.0 (x)", "b": "0.2.0 (x)"}, "0.2.0 (x)"), "green"),
        (judge_builds({"a": "0.2.0 (x)", "b": "0.2.0 (x)"}, "0.2.0 (y)"), "yellow"),
        (judge_builds({"a": "0.2.0 (x)", "b": "0.2.0 (y)"}, "0.2.0 (y)"), "red"),
        (judge_disk(20 * GIBIBYTE, 1000 * GIBIBYTE), "green"),
        (judge_disk(4 * GIBIBYTE, 1000 * GIBIBYTE), "yellow"),
        (judge_disk(GIBIBYTE // 2, 1000 * GIBIBYTE), "red"),
        (judge_disk(2 * GIBIBYTE, 10 * GIBIBYTE), "green"),
        (judge_disk(GIBIBYTE, 10 * GIBIBYTE), "yellow"),
        (judge_disk(GIBIBYTE // 4, 10 * GIBIBYTE), "red"),
        (judge_role(RoleFacts("service", False, False, False)), "green"),
        (judge_role(RoleFacts("postgres", True, False, False)), "red"),
        (judge_role(RoleFacts("owner", False, True, False)), "red"),
        (judge_role(RoleFacts("service", False, False, True)), "red"),
        (judge_nats((), refuses_foreign_subjects=True), "green"),
        (judge_nats((), refuses_foreign_subjects=False), "red"),
        (judge_nats(("without TLS",), refuses_foreign_subjects=True), "red"),
        (judge_backup(25.9), "green"),
        (judge_backup(26.1), "red"),
        (judge_backup(-26.1), "red"),
        (judge_backup(None), "yellow"),
        (judge_mail("mail.example:587"), "green"),
        (judge_mail(""), "yellow"),
    ],
)
def test_what_the_machine_shows(result: CheckResult, level: str) -> None:
    assert result.level == level
    assert result.seen


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("turn:a.example", TurnServer("a.example", 3478, "udp")),
        ("turn:a.example:99?transport=udp", TurnServer("a.example", 99, "udp")),
        ("turn:a.example?transport=tcp", TurnServer("a.example", 3478, "tcp")),
        ("turns:a.example", TurnServer("a.example", 5349, "tls")),
        ("turns:[2a00::1]:443?transport=tcp", TurnServer("2a00::1", 443, "tls")),
        ("turns:a.example?transport=udp", None),
        ("stun:a.example", None),
        ("https://a.example", None),
        ("", None),
    ],
)
def test_the_url_of_a_turn_server(url: str, server: TurnServer | None) -> None:
    assert parse_turn_url(url) == server
