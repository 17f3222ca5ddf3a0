"""What is written from the messages is fresh: the page's types and the protocol page."""

from pathlib import Path

from services.signaling import protocol_page, typescript

ROOT = Path(__file__).parents[2]


def test_the_types_of_the_page_are_those_of_the_gateway() -> None:
    assert (ROOT / "web/src/messages.generated.ts").read_text() == typescript.module()


def test_the_protocol_page_shows_the_messages_as_they_are() -> None:
    assert (ROOT / "docs/browser-protocol.md").read_text() == protocol_page.page()
