"""Each ICE policy decides which candidates may reach a stranger."""

from math import inf

import pytest

from services.contract.rate_limit import UNLIMITED
from services.signaling.core.effects import CountDropped
from services.signaling.core.ice_candidate import parse_candidate
from services.signaling.core.ice_policy import is_allowed
from services.signaling.core.messages import (
    Candidate,
    Candidates,
    Description,
    SessionDescription,
    encode,
    parse,
)
from services.signaling.core.signal_filter import SignalFilter

from .browser_samples import CANDIDATES, DESCRIPTIONS, host, insert

OFFER = DESCRIPTIONS["chromium/video-offer"]
POLICIES = ("relay", "public", "all")
KINDS = ("host", "srflx", "prflx", "relay")
MDNS = host("1f6c2f0e-53d4-4a77-9c0b-8d2be7a1c904.local")
PUBLIC = ["8.8.8.8", "2a00:1450:4001:812::200e", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "192.168.1.34",
    "127.0.0.1",
    "169.254.7.7",
    "224.0.0.251",
    "fd00::7",
    "fe80::1",
    "::ffff:192.168.1.34",
    "::192.168.1.34",
    "64:ff9b::c0a8:122",
    "2002:c0a8:122::1",
    "2001:0:808:808:0:0:3f57:fedd",
]
RELAY = host("8.8.8.8", "relay")


def allowed(text: str, policy: str) -> bool:
    candidate = parse_candidate(text)
    assert candidate is not None
    return is_allowed(candidate, policy)


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("kind", KINDS)
def test_a_global_address_passes_public_and_as_a_relay_also_relay(address: str, kind: str) -> None:
    assert allowed(host(address, kind), "public")
    assert allowed(host(address, kind), "relay") == (kind == "relay")


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("kind", KINDS)
def test_no_other_address_passes_whatever_its_type(address: str, kind: str) -> None:
    for transport in ("udp", "TCP"):
        text = host(address, kind).replace("udp", transport)
        assert [policy for policy in POLICIES if allowed(text, policy)] == ["all"]


def test_a_random_name_passes_unless_all_is_relayed() -> None:
    assert [policy for policy in POLICIES if allowed(MDNS, policy)] == ["public", "all"]


# --- candidates ------------------------------------------------------------------------------------


def filtered(policy: str, *candidates: Candidate) -> list[Candidate] | None:
    message = Candidates("m", list(candidates))
    frame = SignalFilter(policy, inf, UNLIMITED).filter(message, encode(message), 0.0)
    if isinstance(frame, CountDropped):
        assert frame == CountDropped("ice_policy")
        return None
    relayed = parse(frame)
    assert isinstance(relayed, Candidates)
    return relayed.candidates


def candidate(text: str, mid: str | None = "0", ufrag: str | None = "uM4d") -> Candidate:
    return Candidate(text, sdp_mid=mid, sdp_m_line_index=0, username_fragment=ufrag)


def test_only_allowed_candidates_are_relayed() -> None:
    private, public, relay = (candidate(text) for text in (host("10.0.0.5"), host("8.8.8.8"), RELAY))
    assert filtered("public", private, public, candidate("nonsense"), relay) == [public, relay]
    assert filtered("relay", private, public, candidate("nonsense"), relay) == [relay]
    assert filtered("all", private, public, candidate("nonsense"), relay) == [private, public, relay]


@pytest.mark.parametrize(
    ("policy", "texts"),
    [("public", NOT_PUBLIC[:2]), ("relay", ["8.8.8.8", MDNS.split(" ")[4]]), ("all", ["router.lan"])],
)
def test_a_frame_without_allowed_candidates_is_not_relayed(policy: str, texts: list[str]) -> None:
    assert filtered(policy, *(candidate(host(text)) for text in texts)) is None


@pytest.mark.parametrize("policy", POLICIES)
def test_the_end_of_candidates_always_passes(policy: str) -> None:
    assert filtered(policy, candidate("")) == [candidate("")]
    assert filtered(policy, candidate("", None, None)) == [candidate("", None, None)]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("mid", "ufrag"), [("192.168.1.1", "uM4d"), ("0", "192.168.1.1"), ("0", "u"), ("0/uM4d", "")]
)
def test_a_section_or_generation_that_no_browser_names_does_not_pass(
    policy: str, mid: str, ufrag: str
) -> None:
    assert filtered(policy, candidate(RELAY, mid, ufrag)) is None
    assert filtered(policy, candidate("", mid, ufrag)) is None


@pytest.mark.parametrize("policy", POLICIES)
def test_the_candidates_of_real_browsers_are_filtered(policy: str) -> None:
    passed = [one for one in CANDIDATES if filtered(policy, one)]
    kinds = {one.candidate.split(" ")[7] for one in passed if one.candidate}
    assert kinds == ({"relay"} if policy == "relay" else {"host", "srflx", "relay"})
    assert (len(passed) == len(CANDIDATES)) == (policy == "all")
    assert any("192.168." in one.candidate for one in passed) == (policy == "all")


# --- descriptions ----------------------------------------------------------------------------------


def relayed(policy: str, sdp: str) -> str:
    message = Description("m", SessionDescription("offer", sdp))
    frame = SignalFilter(policy, inf, UNLIMITED).filter_description(message, encode(message), 0.0)
    passing = parse(frame)
    assert isinstance(passing, Description)
    assert passing.description.type == "offer"
    return passing.description.sdp


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("relay", [RELAY]),
        ("public", [host("8.8.8.8"), RELAY]),
        ("all", [host("10.0.0.5"), host("8.8.8.8"), RELAY]),
    ],
)
def test_candidates_in_a_description_obey_the_policy(policy: str, kept: list[str]) -> None:
    told = (host("10.0.0.5"), host("8.8.8.8"), "candidate:nonsense", RELAY)
    sdp = relayed(policy, insert(OFFER, *(f"a={text}" for text in told)))
    assert [line[2:] for line in sdp.split("\r\n") if "candidate" in line] == kept
    assert sdp.replace("".join(f"a={text}\r\n" for text in kept), "") == relayed(policy, OFFER)


@pytest.mark.parametrize("policy", POLICIES)
def test_addresses_elsewhere_in_a_description_are_hidden(policy: str) -> None:
    told = insert(OFFER, "a=rtcp:50000 IN IP6 2003::7").replace("c=IN IP4 0.0.0.0", "c=IN IP4 192.168.1.34")
    told = told.replace("IN IP4 127.0.0.1", "IN IP4 192.168.1.34").replace("m=audio 9", "m=audio 54021")
    assert relayed(policy, told) == relayed(policy, OFFER)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_rollback_passes_without_a_description(policy: str) -> None:
    message = Description("m", SessionDescription("rollback", OFFER))
    frame = SignalFilter(policy, inf, UNLIMITED).filter_description(message, encode(message), 0.0)
    assert parse(frame) == Description("m", SessionDescription("rollback"))
