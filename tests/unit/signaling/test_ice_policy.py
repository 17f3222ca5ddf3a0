"""Each ICE policy decides which descriptions and candidates may reach a stranger."""

import re
from math import inf
from pathlib import Path

import msgspec
import pytest

from services.contract.errors import DescriptionRefused
from services.contract.rate_limit import UNLIMITED
from services.signaling.core.effects import CountDropped
from services.signaling.core.ice_policy import check_description, is_allowed
from services.signaling.core.messages import (
    Candidate,
    Candidates,
    Description,
    SessionDescription,
    encode,
    parse,
)
from services.signaling.core.signal_filter import SignalFilter

SAMPLES = Path(__file__).parents[3] / "bench/samples"
OFFER = (SAMPLES / "offer.sdp").read_bytes().decode()
ANSWER = (SAMPLES / "answer.sdp").read_bytes().decode()
REAL = msgspec.json.decode((SAMPLES / "candidates.json").read_bytes(), type=list[Candidate])

START = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
PRINT = "a=fingerprint:sha-256 5C:0E\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"


def host(address: str) -> str:
    return f"candidate:1 1 udp 2122260223 {address} 54021 typ host generation 0"


SRFLX = "candidate:2 1 udp 1686052607 203.0.113.7 61000 typ srflx raddr 0.0.0.0 rport 0"
PRFLX = "candidate:3 1 udp 1845501695 203.0.113.7 61001 typ prflx raddr 0.0.0.0 rport 0"
RELAY = "candidate:4 1 udp 41885439 198.51.100.4 50000 typ relay raddr 0.0.0.0 rport 0"

PUBLIC_V4, PUBLIC_V6 = host("8.8.8.8"), host("2a00:1450:4001:812::200e")
MDNS = host("1f6c2f0e-53d4-4a77-9c0b-8d2be7a1c904.local")
PRIVATE = [
    host(address)
    for address in (
        "10.0.0.5",
        "172.16.9.9",
        "192.168.1.34",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.7.7",
        "0.0.0.0",  # noqa: S104 -- a candidate, nothing is bound
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::7",
        "::ffff:10.0.0.5",
        "::ffff:192.168.1.34",
    )
]
UNREADABLE = [
    "nonsense",
    "candidate:1 1 udp 2122260223 8.8.8.8 54021 typ",
    "candidate:1 1 udp 2122260223 8.8.8.8 54021 host typ",
    "candidate:1 1 udp 2122260223 8.8.8.8 54021 tip host",
    host("localhost"),
    host("router.lan"),
    host("evil.local.example"),
    host("0x7f000001"),
    host("2130706433"),
    host("127.1"),
]


@pytest.mark.parametrize("line", [RELAY])
def test_a_relayed_candidate_passes_every_policy(line: str) -> None:
    assert is_allowed(line, "relay")
    assert is_allowed(line, "public")


@pytest.mark.parametrize("line", [SRFLX, PRFLX, PUBLIC_V4, PUBLIC_V6, MDNS])
def test_public_lets_global_addresses_and_mdns_names_pass(line: str) -> None:
    assert is_allowed(line, "public")
    assert not is_allowed(line, "relay")


@pytest.mark.parametrize("line", PRIVATE)
def test_no_address_of_a_private_network_passes(line: str) -> None:
    assert not is_allowed(line, "public")
    assert not is_allowed(line, "relay")


@pytest.mark.parametrize("line", UNREADABLE)
def test_an_unreadable_candidate_does_not_pass(line: str) -> None:
    assert not is_allowed(line, "public")
    assert not is_allowed(line, "relay")


def test_no_site_local_address_passes() -> None:
    assert not is_allowed(host("fec0::1"), "public")


def test_tcp_candidates_obey_the_policy() -> None:
    active = "candidate:1 1 tcp 1518280447 {} 9 typ host tcptype active"
    assert is_allowed(active.format("8.8.8.8"), "public")
    assert not is_allowed(active.format("192.168.1.34"), "public")


@pytest.mark.parametrize("policy", ["relay", "public"])
@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u3000", "\x1f", "\t", "\x0b"])
def test_a_candidate_cannot_hide_behind_blanks_that_browsers_do_not_split_at(blank: str, policy: str) -> None:
    """A browser splits at spaces only, and sees one long foundation before a private address."""
    foundation = RELAY.split(" raddr")[0].replace(" ", blank)
    assert not is_allowed(f"{foundation} 1 udp 2122260223 10.0.0.5 54021 typ host", policy)


# --- candidates ------------------------------------------------------------------------------------


def framed(*lines: str) -> tuple[Candidates, bytes]:
    message = Candidates("m", [Candidate(line, sdp_mid="0", username_fragment="u") for line in lines])
    return message, encode(message)


def screen_candidates(message: Candidates, frame: bytes, policy: str) -> bytes | CountDropped:
    return SignalFilter(policy, inf, UNLIMITED).filter_candidates(message, frame, 0.0)


def screen_description(message: Description, frame: bytes, policy: str) -> bytes:
    return SignalFilter(policy, inf, UNLIMITED).filter_description(message, frame, 0.0)


def hidden(line: str) -> str:
    return re.sub(r" raddr \S+ rport \d+", " raddr 0.0.0.0 rport 0", line)


def screened(policy: str, *lines: str) -> list[str] | None:
    frame = screen_candidates(*framed(*lines), policy)
    if isinstance(frame, CountDropped):
        return None
    message = parse(frame)
    assert isinstance(message, Candidates)
    assert all((one.sdp_mid, one.username_fragment) == ("0", "u") for one in message.candidates)
    return [one.candidate for one in message.candidates]


def test_the_policy_all_passes_frames_unchanged() -> None:
    message, frame = framed(*PRIVATE[:4], "nonsense")
    assert screen_candidates(message, frame, "all") is frame


def test_a_frame_without_forbidden_candidates_passes_unchanged() -> None:
    message, frame = framed(hidden(SRFLX), hidden(RELAY), MDNS, "")
    assert screen_candidates(message, frame, "public") is frame


def test_only_forbidden_candidates_are_removed() -> None:
    assert screened("public", PRIVATE[0], SRFLX, "nonsense", RELAY) == [hidden(SRFLX), hidden(RELAY)]
    assert screened("relay", PRIVATE[0], SRFLX, RELAY, MDNS) == [hidden(RELAY)]


def test_related_addresses_are_hidden() -> None:
    private = re.sub(r"raddr \S+", "raddr 192.168.1.34", SRFLX)
    (passed,) = screened("public", private) or []
    assert "192.168.1.34" not in passed
    assert passed.endswith(" raddr 0.0.0.0 rport 0")


def test_a_private_address_does_not_pass_whatever_its_type() -> None:
    assert not is_allowed(PRIVATE[0].replace("typ host", "typ srflx"), "public")
    assert not is_allowed(PRIVATE[0].replace("typ host", "typ prflx"), "public")


@pytest.mark.parametrize("policy", ["relay", "public"])
def test_addresses_elsewhere_in_a_description_are_hidden(policy: str) -> None:
    told = START + PRINT + VIDEO + "c=IN IP4 192.168.1.34\r\na=rtcp:50000 IN IP6 2003::7\r\n"
    message, frame = description(sdp=told)
    screened_message = parse(screen_description(message, frame, policy))
    assert isinstance(screened_message, Description)
    assert screened_message.description.sdp.endswith("c=IN IP4 0.0.0.0\r\na=rtcp:50000 IN IP6 ::\r\n")
    assert screen_description(message, frame, "all") is frame


@pytest.mark.parametrize(("policy", "lines"), [("public", PRIVATE[:3]), ("relay", [SRFLX, PUBLIC_V4, MDNS])])
def test_a_frame_without_allowed_candidates_is_not_relayed(policy: str, lines: list[str]) -> None:
    assert screened(policy, *lines) is None


@pytest.mark.parametrize("policy", ["relay", "public", "all"])
def test_the_end_of_candidates_always_passes(policy: str) -> None:
    assert screened(policy, "") == [""]


def test_the_candidates_of_a_real_browser_are_filtered() -> None:
    lines = [candidate.candidate for candidate in REAL]
    for policy, kinds in (("relay", {"relay"}), ("public", {"srflx", "relay"})):
        passed = [line for line in lines if is_allowed(line, policy)]
        assert {line.split(" ")[7] for line in passed} <= kinds
        assert passed


# --- descriptions ----------------------------------------------------------------------------------


def offer(sdp: str) -> SessionDescription:
    return SessionDescription("offer", sdp)


@pytest.mark.parametrize(
    "sdp",
    [
        OFFER,
        ANSWER,
        START + PRINT + VIDEO,
        START + VIDEO + PRINT,
        START + DATA + PRINT,
        (START + PRINT + VIDEO).replace("\r\n", "\n"),
    ],
)
def test_a_description_of_a_browser_passes(sdp: str) -> None:
    check_description(offer(sdp))


def test_a_rollback_passes() -> None:
    check_description(SessionDescription("rollback"))


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "hello",
        "v=0",
        "v=1\r\n" + PRINT + VIDEO,
        START + VIDEO,
        START + VIDEO + "a=x fingerprint:sha-256\r\n",
        START + PRINT + "m=image 9 udptl t38\r\n",
        START + PRINT + VIDEO + "m=text 9 RTP/AVP 98\r\n",
        START + PRINT + VIDEO + "no line of an SDP\r\n",
        START + PRINT + VIDEO + "<script>\r\n",
        START + PRINT + "\r\n" + VIDEO,
        START + PRINT + VIDEO + "a=\r\n",
        START + PRINT + VIDEO + "a=x\ry\r\n",
        START + PRINT + VIDEO + "a=cut",
        START + PRINT + VIDEO + "a=" + "x" * 4000 + "\r\n",
        " " + START + PRINT + VIDEO,
    ],
    ids=lambda sdp: repr(sdp[-24:]),
)
def test_a_description_that_no_browser_makes_is_refused(sdp: str) -> None:
    with pytest.raises(DescriptionRefused):
        check_description(offer(sdp))


def description(*candidates: str, sdp: str = START + PRINT + VIDEO) -> tuple[Description, bytes]:
    message = Description("m", offer(sdp + "".join(f"a={line}\r\n" for line in candidates)))
    return message, encode(message)


@pytest.mark.parametrize("policy", ["relay", "public", "all"])
def test_a_description_without_candidates_passes_unchanged(policy: str) -> None:
    message, frame = description()
    assert screen_description(message, frame, policy) is frame


def test_the_policy_all_keeps_the_candidates_of_a_description() -> None:
    message, frame = description(*PRIVATE[:2])
    assert screen_description(message, frame, "all") is frame


@pytest.mark.parametrize(
    ("policy", "kept"), [("public", [hidden(SRFLX), hidden(RELAY)]), ("relay", [hidden(RELAY)])]
)
def test_candidates_inside_a_description_obey_the_policy(policy: str, kept: list[str]) -> None:
    message, frame = description(PRIVATE[0], SRFLX, "candidate:nonsense", RELAY)
    assert parse(screen_description(message, frame, policy)) == description(*kept)[0]


@pytest.mark.parametrize("policy", ["relay", "public", "all"])
def test_every_policy_refuses_a_bad_description(policy: str) -> None:
    message, frame = description(sdp=START + VIDEO)
    with pytest.raises(DescriptionRefused):
        screen_description(message, frame, policy)
