"""Meetings of people who know each other: the room in which they wait, and the name under which they do.

A gateway makes these from a sealed pass or invitation alone, so no browser can name one.
"""

from msgspec import Struct

from .ids import MatchId


class MeetingRoom(Struct, frozen=True, gc=False):
    """A room that only those may enter who belong there. The matcher pairs within a room.

    Others may learn that the visitor waits there under the name `waits_as`, unless it is empty. A `guest`
    meets the host, and no other guest.
    """

    room: str
    waits_as: str = ""
    guest: bool = False


def meeting_again(match: MatchId, polite: bool) -> MeetingRoom:
    """Return the room of the two who met in a match, which one of them enters."""
    return MeetingRoom(f"m:{match}", waits_again_as(match, polite))


def waits_again_as(match: MatchId, polite: bool) -> str:
    """Return the name under which one side of a former match waits for the other."""
    return f"{match}.{'polite' if polite else 'impolite'}"
