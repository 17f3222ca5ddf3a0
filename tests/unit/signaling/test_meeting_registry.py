"""Tests of who learns that somebody waits for a person whom they know."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.contract import subjects
from services.signaling.shell.meeting_registry import MeetingRegistry

from ...in_memory.pub_sub import FakePubSub


@pytest.fixture
def bus() -> FakePubSub:
    return FakePubSub()


@pytest_asyncio.fixture
async def here(bus: FakePubSub) -> AsyncIterator[MeetingRegistry]:
    """Provide the registry of a gateway that runs."""
    registry = MeetingRegistry(bus)
    running = asyncio.create_task(registry.run())
    yield registry
    running.cancel()


@pytest.fixture
def there(bus: FakePubSub) -> MeetingRegistry:
    """Provide the registry of another gateway, which only asks."""
    return MeetingRegistry(bus)


async def settle() -> None:
    """Let the registries do what they can do now."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_another_gateway_learns_who_waits_and_who_does_not(
    bus: FakePubSub, here: MeetingRegistry, there: MeetingRegistry
) -> None:
    here.register("match.polite")
    await settle()
    assert await there.waiting(["match.polite", "match.impolite", "other.polite"]) == {"match.polite"}
    assert await here.waiting(["match.polite", "other.polite"]) == {"match.polite"}
    here.deregister("match.polite")
    await settle()
    assert await there.waiting(["match.polite"]) == set()
    assert bus.handlers == {}, "nothing is left behind"


async def test_a_ticket_that_is_offered_again_stays_on_the_board(
    bus: FakePubSub, here: MeetingRegistry, there: MeetingRegistry
) -> None:
    here.register("match.polite")
    await settle()
    (before,) = bus.handlers[subjects.meeting("match.polite")]
    here.deregister("match.polite")
    here.register("match.polite")
    await settle()
    assert bus.handlers[subjects.meeting("match.polite")] == [before]
    here.register("match.polite")  # another visitor of the same device
    here.deregister("match.polite")
    await settle()
    assert await there.waiting(["match.polite"]) == {"match.polite"}


async def test_a_gateway_that_does_not_answer_delays_a_question_only_for_a_moment(
    bus: FakePubSub, here: MeetingRegistry, there: MeetingRegistry
) -> None:
    here.register("match.polite")
    await settle()
    bus.answers = False
    assert await there.waiting(["match.polite"]) == set()
    assert [subject for subject in bus.handlers if subject.startswith("inbox")] == []


async def test_without_nats_nobody_is_asked(bus: FakePubSub, here: MeetingRegistry) -> None:
    bus.connected = False
    here.register("match.polite")
    assert await here.waiting(["match.polite", "match.impolite"]) == {"match.polite"}
    assert bus.published == []


async def test_an_answer_that_nobody_asked_for_is_ignored(bus: FakePubSub, there: MeetingRegistry) -> None:
    async def wrong(payload: bytes, reply_to: str) -> None:
        await bus.publish(reply_to, b"\xff something else")

    def answer(payload: bytes, reply_to: str) -> None:
        answers.append(asyncio.ensure_future(wrong(payload, reply_to)))

    answers: list[asyncio.Future[None]] = []
    await bus.subscribe(subjects.meeting("match.polite"), answer)
    assert await there.waiting(["match.polite"]) == set()
    assert len(answers) == 1
