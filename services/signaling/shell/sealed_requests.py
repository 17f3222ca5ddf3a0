"""Messages of a browser that hold a sealed text, which is opened before a session may see them."""

from ..core.events import MeetingRequested, Opened
from ..core.match_side import Participant
from ..core.messages import Block, Find, FromBrowser
from .match_messages import MatchMessages
from .meeting_service import MeetingService


class SealedRequests:
    """Opens the passes of blocks, and what names the people of a meeting."""

    def __init__(self, messages: MatchMessages, meetings: MeetingService) -> None:
        self._messages = messages
        self._meetings = meetings

    def open(self, message: FromBrowser, me: Participant) -> Opened:
        """Return what a message asks for. One without a sealed text is returned. Raises `ZufallError`."""
        match message:
            case Block():
                return self._messages.open_block(message, me)
            case Find() if message.invitation or message.again:
                return MeetingRequested(message, self._meetings.open(message, me))
            case _:
                return message
