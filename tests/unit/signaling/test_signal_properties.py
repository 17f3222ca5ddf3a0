"""A stranger gets only what the rules allow, whatever is changed in a browser's description or candidates.

The readers in this file share nothing with the gateway's grammar, and ignore case and blanks as browsers may.
"""

import ipaddress
import re
from collections.abc import Iterable
from math import inf

from hypothesis import event, given, settings
from hypothesis import strategies as st

from services.contract.errors import DescriptionRefused
from services.contract.rate_limit import UNLIMITED
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

MOST_CANDIDATES = 32

# --- readers ---------------------------------------------------------------------------------------

_LINES = re.compile(
    r"v=0\r\no=- \d{1,20} \d{1,20} IN IP4 127\.0\.0\.1\r\ns=-\r\nt=0 0\r\n(?:a=[!-~ ]+\r\n)*"
    r"(?:m=(?:audio|video|application) [09] [A-Z/]+(?: [a-z0-9-]+)+\r\nc=IN IP4 0\.0\.0\.0\r\n"
    r"(?:a=[!-~ ]+\r\n)*)+",
    re.ASCII,
)
_NAMES = frozenset(re.findall(r"^a=([a-z-]+)", "\n".join(DESCRIPTIONS.values()), re.MULTILINE))
_NOWHERE = re.compile(
    r"^o=- \d+ \d+ IN IP4 127\.0\.0\.1\r$|^(?:c=|a=rtcp:9 )IN IP4 0\.0\.0\.0\r$| raddr 0\.0\.0\.0 rport 0",
    re.MULTILINE,
)
_ADDRESS_LIKE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f:]*[.:][0-9A-Fa-f.:]+(?![0-9A-Za-z])")
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32"),
    )
]
_PREFIXES = (0, 0xFFFF << 32, 0x64FF9B << 96)  # an IPv4 address is in the last 32 bits


def is_public(address: str) -> bool:
    """Return whether this address, and each IPv4 address in it, is one of the public internet."""
    parsed = ipaddress.ip_address(address)
    inside = _ipv4_inside(int(parsed)) if parsed.version == 6 else []
    if inside:
        return all(is_public(str(ipaddress.IPv4Address(one))) for one in inside)
    is_given_out = parsed.version == 4 or int(parsed) >> 125 == 1
    return is_given_out and not any(parsed in network for network in _SPECIAL)


def _ipv4_inside(number: int) -> list[int]:
    if number >> 32 << 32 in _PREFIXES:
        return [number & 0xFFFFFFFF]
    if number >> 112 == 0x2002:
        return [number >> 80 & 0xFFFFFFFF]
    if number >> 96 == 0x20010000:
        return [number >> 64 & 0xFFFFFFFF, ~number & 0xFFFFFFFF]
    return []


def addresses_in(text: str) -> list[str]:
    """Return whatever reads as an IP address, anywhere in the text."""
    return [word for word in _ADDRESS_LIKE.findall(_NOWHERE.sub("", text)) if _is_address(word)]


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def candidates_in(text: str) -> list[str]:
    """Return the candidates of an SDP or of one candidate's text, without blanks and in small letters."""
    lines = (re.sub(r"\s+", " ", line).strip().lower() for line in text.splitlines())
    return [line for line in lines if re.match(r"(?:a ?= ?)?candidate\b", line)]


def check_address_rules(text: str, policy: str) -> None:
    if policy != "all":
        assert [one for one in addresses_in(text) if not is_public(one)] == []
    if policy == "relay":
        assert all(re.search(r"\btyp relay\b", line) for line in candidates_in(text))
    assert ".local" not in text or policy != "relay"


# --- what a stranger may send ----------------------------------------------------------------------

POLICIES = st.sampled_from(["relay", "public", "all"])
KINDS = st.sampled_from(["host", "srflx", "prflx", "relay", "RELAY", "relay typ host", "x"])
IPV4 = st.one_of(
    st.sampled_from(["192.168.1.34", "10.0.0.5", "127.0.0.1", "169.254.7.7", "224.0.0.251", "8.8.8.8"]),
    st.ip_addresses(v=4).map(str),
)


def _wrapped(address: str) -> list[str]:
    number = int(ipaddress.IPv4Address(address))
    forms = (
        *(prefix | number for prefix in _PREFIXES),
        0x2002 << 112 | number << 80 | 1,
        0x2001_0000 << 96 | number << 64 | 0xF7F7_F7F7,
        0x2001_0000 << 96 | 0x0808_0808 << 64 | number ^ 0xFFFF_FFFF,
    )
    return [str(ipaddress.IPv6Address(form)) for form in forms] + [f"::ffff:{address}", f"64:ff9b::{address}"]


ADDRESSES = st.one_of(
    IPV4,
    IPV4.flatmap(lambda address: st.sampled_from(_wrapped(address))),
    st.ip_addresses(v=6).map(str),
    st.sampled_from(["fe80::1", "fd00::7", "fec0::1", "::1", "ff02::fb", "2a00:1450:4001:812::200e"]),
    st.sampled_from(["1f6c2f0e-53d4-4a77-9c0b-8d2be7a1c904.local", "printer.local", "router", "2130706433"]),
)
EXTENSIONS = st.sampled_from(
    ["", " raddr 192.168.1.34 rport 9", " RADDR  10.0.0.5 rport 9", " tcptype so", " at 10.0.0.5"]
)
BLANKS = st.sampled_from([" ", "  ", "\t", "\u00a0", ":"])


@st.composite
def candidate_texts(draw: st.DrawFn) -> str:
    """Return a browser's candidate, or one with any address; then some blanks or capitals may be changed."""
    if draw(st.booleans()):
        text = draw(st.sampled_from([one.candidate for one in CANDIDATES]))
    else:
        text = host(draw(ADDRESSES), draw(KINDS))
        text = text.replace("candidate:1", f"candidate:{draw(st.integers(0, 99))}")
        text += draw(EXTENSIONS)
    for _ in range(draw(st.integers(0, 2))):
        spaced = text.replace(" ", draw(BLANKS), 1)
        text = draw(st.sampled_from([text, text.upper(), spaced, _cut(draw, text)]))
    return text


def _cut(draw: st.DrawFn, text: str) -> str:
    """Return the text with some of its characters replaced."""
    first = draw(st.integers(0, len(text)))
    return text[:first] + draw(st.text(max_size=3)) + text[first + draw(st.integers(0, 3)) :]


HOSTILE_LINES = st.one_of(
    candidate_texts().map("a={}".format),
    candidate_texts().map(lambda text: "a=" + text.replace("candidate", "CANDIDATE")),
    candidate_texts().map(lambda text: "a=" + text.replace("candidate:", "candidate ")),
    candidate_texts().map("a= {}".format),
    ADDRESSES.map("c=IN IP4 {}".format),
    ADDRESSES.map("a=rtcp:9 IN IP6 {}".format),
    ADDRESSES.map("a=remote-candidates:1 {} 9".format),
    ADDRESSES.map("a=source-filter: incl IN IP4 * {}".format),
    ADDRESSES.map("a=mid:{}".format),
    ADDRESSES.map("a=fmtp:96 {}".format),
    ADDRESSES.map("a=ssrc:1 cname:{}".format),
    ADDRESSES.map("a=extmap:1 http://{}/x".format),
    ADDRESSES.map("o=- 1 1 IN IP4 {}".format),
    st.sampled_from(["a=fingerprint:sha-256 5C:0E", "a=FINGERPRINT:sha-256 5C:0E", "a=fingerprint:sha-1 5C"]),
    st.sampled_from(["m=audio 9 UDP/TLS/RTP/SAVPF 0", "m=text 9 RTP/AVP 0", "a=ice-lite", "k=prompt", ""]),
    st.text(max_size=12),
)


BROWSER_SDPS = st.sampled_from(list(DESCRIPTIONS.values()))
CHANGES = st.lists(
    st.sampled_from(["cut", "repeat", "repeat sections", "add certificate", "replace", "add", "add"]),
    max_size=6,
)
LINE_ENDS = st.sampled_from(["\r\n"] * 9 + ["\n"])


@st.composite
def sdps(draw: st.DrawFn) -> str:
    """Return a browser's description in which up to six lines are changed, added, repeated or left out."""
    lines = draw(BROWSER_SDPS).split("\r\n")
    for change in draw(CHANGES):
        place = draw(st.integers(0, len(lines) - 1))
        if change == "cut":
            lines[place] = _cut(draw, lines[place])
        elif change == "repeat":
            lines.insert(place, lines[place])
        elif change == "repeat sections":
            first = next((number for number, line in enumerate(lines) if line.startswith("m=")), 0)
            lines[first:first] = lines[first:-1]
        elif change == "add certificate":
            lines.insert(place, "a=fingerprint:sha-256 " + ":".join(["5C"] * 32))
        else:
            lines[place : place + (change == "replace")] = [draw(HOSTILE_LINES)]
    return draw(LINE_ENDS).join(lines)


# --- properties ------------------------------------------------------------------------------------


def relayed_sdp(signal_filter: SignalFilter, sdp: str) -> str | None:
    """Return the SDP that the partner gets, or None if it is refused."""
    message = Description("m", SessionDescription("offer", sdp))
    try:
        frame = signal_filter.filter_description(message, encode(message), 0.0)
    except DescriptionRefused:
        return None
    relayed = parse(frame)
    assert isinstance(relayed, Description)
    return relayed.description.sdp


def relayed_candidates(signal_filter: SignalFilter, texts: Iterable[str]) -> list[str]:
    """Return the texts that the partner gets."""
    message = Candidates("m", [Candidate(text, "0") for text in texts])
    frame = signal_filter.filter_candidates(message, encode(message), 0.0)
    if not isinstance(frame, bytes):
        return []
    relayed = parse(frame)
    assert isinstance(relayed, Candidates)
    return [one.candidate for one in relayed.candidates if one.candidate]


@settings(max_examples=300)
@given(sdp=sdps(), policy=POLICIES)
def test_a_relayed_description_is_in_the_grammar_and_shows_no_forbidden_address(
    sdp: str, policy: str
) -> None:
    signal_filter = SignalFilter(policy, MOST_CANDIDATES, UNLIMITED)
    relayed = relayed_sdp(signal_filter, sdp)
    event("refused" if relayed is None else "relayed")
    if relayed is None:
        return
    assert _LINES.fullmatch(relayed)
    assert {line[2:].partition(":")[0] for line in relayed.split("\r\n") if line[:2] == "a="} <= _NAMES
    kinds = re.findall(r"^m=(\w+)", relayed, re.MULTILINE)
    assert len(kinds) == len(set(kinds))
    prints = re.findall(r"(?i)fingerprint:\s*(.*)\r\n", relayed)
    assert len(set(prints)) == 1
    assert re.fullmatch("sha-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}", prints[0])
    check_address_rules(relayed, policy)
    assert relayed_sdp(SignalFilter(policy, inf, UNLIMITED), relayed) == relayed


@settings(max_examples=300)
@given(texts=st.lists(candidate_texts(), min_size=1, max_size=4), policy=POLICIES)
def test_a_relayed_candidate_shows_no_forbidden_address(texts: list[str], policy: str) -> None:
    passing = relayed_candidates(SignalFilter(policy, MOST_CANDIDATES, UNLIMITED), texts)
    event("relayed" if passing else "dropped")
    for text in passing:
        assert re.fullmatch("candidate:[!-~ ]+", text)
        check_address_rules(text, policy)


@settings(max_examples=300)
@given(address=ADDRESSES, kind=KINDS, more=EXTENSIONS, policy=POLICIES)
def test_of_any_address_and_type_no_forbidden_one_is_relayed(
    address: str, kind: str, more: str, policy: str
) -> None:
    text = host(address, kind) + more
    signal_filter = SignalFilter(policy, MOST_CANDIDATES, UNLIMITED)
    for passing in relayed_candidates(signal_filter, [text]):
        event("relayed")
        check_address_rules(passing, policy)
    sdp = relayed_sdp(signal_filter, insert(DESCRIPTIONS["chromium/audio-offer"], f"a={text}"))
    check_address_rules(sdp or "", policy)


SPELLINGS = st.sampled_from(["candidate:", "candidate:", "CANDIDATE:", "candidate ", " candidate:"])
SIGNALS = st.lists(st.tuples(st.booleans(), st.integers(0, 48), SPELLINGS), min_size=1, max_size=8)


@settings(max_examples=100)
@given(signals=SIGNALS, offers=st.lists(BROWSER_SDPS, min_size=1, max_size=2))
def test_of_each_generation_at_most_32_candidates_are_relayed(
    signals: list[tuple[bool, int, str]], offers: list[str]
) -> None:
    signal_filter = SignalFilter("all", MOST_CANDIDATES, UNLIMITED)
    generation = ""
    seen: set[str] = set()
    for number, (is_description, many, spelling) in enumerate(signals):
        texts = [f"{spelling}{number * 100 + n} 1 udp 1 8.8.8.8 {n} typ host" for n in range(many)]
        if is_description:
            sdp = offers[number % len(offers)] + "".join(f"a={text}\r\n" for text in texts)
            relayed = relayed_sdp(signal_filter, sdp) or ""
            ufrag = re.search(r"(?i)ice-ufrag:\s*(\S+)", relayed)
            if ufrag and ufrag[1] != generation:
                generation, seen = ufrag[1], set()
        else:
            relayed = "\n".join(relayed_candidates(signal_filter, texts[:16] or [""]))
        seen |= {line.removeprefix("a=") for line in candidates_in(relayed)}
        assert len(seen) <= MOST_CANDIDATES
