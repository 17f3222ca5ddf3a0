"""A description is parsed and written out again: what browsers write is kept, and nothing else passes."""

import re

import pytest

from services.contract.errors import DescriptionRefused
from services.signaling.core.sdp import parse_sdp, write_sdp

from .browser_samples import DESCRIPTIONS, host, insert

OFFER = DESCRIPTIONS["chromium/video-offer"]
MEDIA = OFFER.index("m=video")
KINDS = ("video-offer", "video-answer", "video-restart-offer", "audio-offer")


def rewritten(sdp: str) -> str:
    return write_sdp(parse_sdp(sdp))


def without_addresses(sdp: str) -> str:
    """Return what should be left of a browser's SDP."""
    for pattern, text in (
        (r"^o=\S+ (\d+ \d+) IN IP4 .*\r$", "o=- \\1 IN IP4 127.0.0.1\r"),
        (r"^c=IN IP[46] .*\r$", "c=IN IP4 0.0.0.0\r"),
        (r"^(m=\w+) [1-9]\d* ", "\\1 9 "),
        (r"^a=rtcp:(?!9 IN IP4 0\.0\.0\.0\r).*\r\n", ""),
        (r"^(a=rtcp:.*\r\n)((?:a=candidate:.*\r\n)+)", "\\2\\1"),  # candidates come first
        (r" raddr \S+ rport \d+", " raddr 0.0.0.0 rport 0"),
    ):
        sdp = re.sub(pattern, text, sdp, flags=re.MULTILINE)
    return sdp


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_of_a_browsers_description_only_addresses_are_lost(name: str) -> None:
    sdp = rewritten(DESCRIPTIONS[name])
    assert sdp == without_addresses(DESCRIPTIONS[name])
    assert rewritten(sdp) == sdp


@pytest.mark.parametrize("browser", ["chromium", "firefox", "safari"])
def test_there_are_descriptions_of_each_browser_for_what_the_page_does(browser: str) -> None:
    assert {f"{browser}/{kind}" for kind in KINDS} <= DESCRIPTIONS.keys()


@pytest.mark.parametrize(
    "line",
    [
        "a=x-new-attribute:1",
        "a=remote-candidates:1 192.168.1.1 54021",
        "a=source-filter: incl IN IP4 * 192.168.1.1",
        "a=rtcp:54021 IN IP4 192.168.1.1",
        "a=CANDIDATE:1 1 udp 1 8.8.8.8 54021 typ host",
        "a=candidate 1 1 udp 1 8.8.8.8 54021 typ host",
        "a=candidate\t1 1 udp 1 8.8.8.8 54021 typ host",
        "a= candidate:1 1 udp 1 8.8.8.8 54021 typ host",
        "a=candidate:1 1 udp 1 8.8.8.8 54021 host",
        "a=candidate:1 1 udp 1 8.8.8.8 54021\x00typ host",
        "a=rtcp-mux:",
        "a=RTCP-MUX",
        "a=mid:192.168.1.1",
        "a=mid:0 ",
        "a=ice-ufrag:x",
        "a=ice-ufrag:" + "x" * 33,
        "a=fingerprint:sha-256 5C:0E",
        "a=fingerprint:sha-1 " + ":".join(["5C"] * 20),
        "a=extmap:1 http://192.168.1.1/x",
        "a=fmtp:96 host=192.168.1.1",
        "a=ssrc:1 cname:192.168.1.1",
        "a=x\x00y",
        "a=<script>",
        "a=" + "x" * 4000,
        "a=",
    ],
    ids=lambda line: repr(line[:40]),
)
def test_an_attribute_that_no_browser_writes_is_dropped(line: str) -> None:
    assert rewritten(insert(OFFER, line)) == rewritten(OFFER)


def test_a_candidate_is_written_once_and_without_its_related_address() -> None:
    sdp = insert(OFFER, *(f"a={host('8.8.8.8', 'srflx')} raddr 192.168.1.{n} rport {n}" for n in range(9)))
    assert rewritten(sdp).count("typ srflx raddr 0.0.0.0 rport 0\r\n") == 1
    assert "192.168.1" not in rewritten(sdp)


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "hello",
        "v=0",
        OFFER[:-2],
        OFFER[:-1],
        OFFER[:MEDIA] + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        OFFER.replace("\r\n", "\n"),
        OFFER.replace("v=0", "v=1"),
        OFFER.replace("v=0", "V=0"),
        OFFER.replace("s=-", "s=call"),
        OFFER.replace("s=-\r\n", ""),
        OFFER.replace("t=0 0", "t=0 1"),
        OFFER.replace("IN IP4 127.0.0.1", "IN  IP4 127.0.0.1"),
        OFFER.replace("c=IN IP4", "c=IN  IP4"),
        OFFER.replace("\r\nm=video 9", "\r\nm=image 9"),
        OFFER.replace("\r\nm=video 9", "\r\nM=video 9"),
        OFFER.replace("\r\nm=video 9", "\r\nm=video x"),
        OFFER.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        OFFER[: OFFER.index("m=audio")],
        OFFER + "no line of an SDP\r\n",
        OFFER + "<script>\r\n",
        OFFER + "\r\n",
        OFFER + "\0\r\n",
        OFFER + "b=AS:100\r\n",
        OFFER + "k=clear:x\r\n",
        OFFER + " a=mid:0\r\n",
        " " + OFFER,
        "\ufeff" + OFFER,
        OFFER.replace("a=fingerprint", "a=print"),
        OFFER.replace("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
        OFFER.replace("a=ice-ufrag", "a=ufrag"),
        insert(OFFER, "a=fingerprint:sha-256 " + ":".join(["5C"] * 32)),
    ],
    ids=lambda sdp: repr(sdp[-24:]),
)
def test_a_description_that_no_browser_writes_is_refused(sdp: str) -> None:
    with pytest.raises(DescriptionRefused):
        parse_sdp(sdp)


@pytest.mark.parametrize("section", ["audio", "video", "application"])
@pytest.mark.parametrize("more", [1, 480])
def test_two_sections_of_one_kind_are_refused(section: str, more: int) -> None:
    sdp = DESCRIPTIONS["firefox/data-gathered-offer"]
    (line,) = re.findall(rf"m={section} .*\r\n", sdp)
    with pytest.raises(DescriptionRefused):
        parse_sdp(sdp + (line + "c=IN IP4 0.0.0.0\r\n") * more)


def test_the_generation_of_a_description_is_its_first_user_fragment() -> None:
    first, restarted = DESCRIPTIONS["chromium/video-offer"], DESCRIPTIONS["chromium/video-restart-offer"]
    assert parse_sdp(first).ufrag != parse_sdp(restarted).ufrag
    assert f"\r\n{parse_sdp(first).ufrag}\r\n" in first
