"""Passes prove the last lines of a match, at any gateway and after any fault."""

from collections.abc import Callable

import pytest

from services.contract.ids import MatchId
from services.contract.line_digests import DIGEST_BYTES, MAX_DIGESTS
from services.signaling.core.messages import Block, Chat, Find, Next, Rewind, Stop, Typing

from ...in_memory.page import Page
from ...in_memory.ports import LINES, PASSES
from .matched_pairs import MatchedPair


@pytest.fixture
def pair() -> MatchedPair:
    return MatchedPair()


def says(pair: MatchedPair, page: Page, *texts: str) -> None:
    for text in texts:
        page.says(Chat(pair.match, 1, text, "1"))
        pair.cluster.network.deliver_all()


def proves(pair: MatchedPair, holder: Page, sealed: object, speaker: Page, text: str) -> bool:
    lines = PASSES.open(str(sealed), holder.visitor, pair.cluster.now).lines
    return LINES.is_among(lines, MatchId(pair.match), speaker.visitor, text)


def last_pass(page: Page) -> object:
    """Return the pass that came alone, of which there must be one."""
    (fresh,) = [frame for frame in page.take() if frame["type"] == "pass"]
    return fresh["pass"]


def test_both_get_a_pass_that_proves_what_was_said(pair: MatchedPair) -> None:
    says(pair, pair.one, "hello")
    says(pair, pair.other, "hi")
    pair.one.take()
    pair.other.take()
    pair.one.says(Next(pair.match))
    pair.cluster.network.deliver_all()
    assert pair.other.types()[:2] == ["pass", "ended"], "the page reports with what it has when a match ends"
    fresh = pair.one.take()
    assert [frame["type"] for frame in fresh] == ["pass", "searching"]
    assert fresh[0]["match"] == pair.match
    sealed = fresh[0]["pass"]
    assert proves(pair, pair.one, sealed, pair.one, "hello")
    assert proves(pair, pair.one, sealed, pair.other, "hi")
    assert not proves(pair, pair.one, sealed, pair.other, "hello"), "the other one never said that"
    assert not proves(pair, pair.one, sealed, pair.other, "I am going to find you")


@pytest.mark.parametrize("leave", [Next(), Stop(), Find("text")], ids=["next", "stop", "find"])
def test_who_leaves_gets_the_pass(pair: MatchedPair, leave: Next | Stop | Find) -> None:
    says(pair, pair.other, "ugly words")
    pair.one.take()
    pair.one.says(leave)
    assert proves(pair, pair.one, last_pass(pair.one), pair.other, "ugly words")


def test_who_blocks_gets_the_pass_before_the_end(pair: MatchedPair) -> None:
    says(pair, pair.other, "ugly words")
    pair.one.take()
    pair.one.says(Block(pair.one.sealed_pass))
    assert pair.one.types()[:2] == ["pass", "ended"]


def test_a_rewind_ends_the_present_match_with_its_pass(pair: MatchedPair) -> None:
    pair.part()
    former, third = pair.match, pair.cluster.searching(pair.third)
    pair.match = pair.cluster.meet(pair.one, third)
    says(pair, third, "hello")
    pair.one.take()
    pair.other.take()
    for page in (pair.other, pair.one):
        page.says(Rewind(former))
        pair.cluster.network.deliver_all()
    told = pair.one.types()
    assert told.index("pass") < told.index("ended") < told.index("matched")


def test_a_match_without_lines_brings_no_pass(pair: MatchedPair) -> None:
    pair.one.says(Typing(pair.match))
    pair.one.says(Next())
    pair.cluster.network.deliver_all()
    assert pair.one.types() == ["searching"]
    assert pair.other.types() == ["typing", "ended", "searching"]


def test_a_drain_of_a_match_without_lines_brings_no_pass(pair: MatchedPair) -> None:
    pair.one.hub.drain(pair.one.client)
    assert pair.one.types() == []


def test_a_line_that_the_partner_did_not_get_is_not_proven(pair: MatchedPair) -> None:
    pair.other.loses_socket()
    pair.cluster.network.deliver_all()
    says(pair, pair.one, "into the void")
    pair.one.take()
    pair.one.says(Next())
    assert pair.one.types() == ["searching"]


def test_the_last_lines_are_proven_and_a_repeated_one_counts_once(pair: MatchedPair) -> None:
    texts = [f"line {number}" for number in range(MAX_DIGESTS + 1)]
    says(pair, pair.one, *texts, *texts[1:])
    pair.other.take()
    pair.one.says(Next())
    pair.cluster.network.deliver_all()
    sealed = last_pass(pair.other)
    known = [text for text in texts if proves(pair, pair.other, sealed, pair.one, text)]
    assert known == texts[1:]
    lines = PASSES.open(str(sealed), pair.other.visitor, pair.cluster.now).lines
    assert len(lines) == DIGEST_BYTES * MAX_DIGESTS


def test_a_drain_brings_the_pass(pair: MatchedPair) -> None:
    says(pair, pair.other, "hello")
    pair.one.take()
    pair.one.hub.drain(pair.one.client)
    assert proves(pair, pair.one, last_pass(pair.one), pair.other, "hello")


def killed(pair: MatchedPair) -> None:
    pair.cluster.kill(pair.here)
    pair.cluster.notice(pair.here)


def lost(pair: MatchedPair) -> None:
    pair.one.loses_socket()
    pair.cluster.network.deliver_all()


@pytest.mark.parametrize("fault", [killed, lost])
def test_lines_are_proven_after_a_resume_at_another_gateway(
    pair: MatchedPair, fault: Callable[[MatchedPair], None]
) -> None:
    says(pair, pair.one, "before, by me")
    says(pair, pair.other, "before")
    fault(pair)
    again = pair.resumes(pair.one, pair.third)
    sealed = pair.keeps(again)["pass"]
    assert proves(pair, again, sealed, pair.other, "before"), "a report may be filed at once"
    says(pair, pair.other, "after")
    again.take()
    pair.other.take()
    pair.other.says(Stop())
    pair.cluster.network.deliver_all()
    sealed = last_pass(again)
    for speaker, text in ((pair.one, "before, by me"), (pair.other, "before"), (pair.other, "after")):
        assert proves(pair, again, sealed, speaker, text)


def test_a_pass_brings_its_lines_where_the_partner_has_gone_too(pair: MatchedPair) -> None:
    says(pair, pair.other, "hello")
    for page in (pair.one, pair.other):
        page.hub.drain(page.client)
        page.hub.disconnect(page.client, leaving=False)
        pair.cluster.network.deliver_all()
    pair.cluster.kill(pair.here)
    pair.cluster.kill(pair.there)
    hubs = [pair.cluster.hub(name) for name in ("e-fifth", "f-sixth")]
    one, other = (pair.resumes(page, hub) for page, hub in zip((pair.one, pair.other), hubs, strict=True))
    pair.waits(2)
    one.take()
    other.take()
    one.says(Stop())
    pair.cluster.network.deliver_all()
    for page in (one, other):
        assert proves(pair, page, last_pass(page), other, "hello")
