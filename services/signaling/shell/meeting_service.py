"""Where visitors make invitations, show what others gave them, and learn who waits for them."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from services.contract.errors import MeetingRefused, PassRefused
from services.contract.ids import random_id
from services.contract.invitations import InvitationContent, InvitationSealer
from services.contract.meetings import MeetingRoom, meeting_again, waits_again_as
from services.contract.passes import PassContent, PassSealer
from services.contract.tokens import TokenHolder

from ..core.match_side import Participant
from ..core.messages import Find, Mode
from .meeting_registry import MeetingRegistry
from .meeting_requests import AskedInvitation, InvitationState, MadeInvitation, WaitingPartners


class MeetingService:
    """Seals invitations, and opens them and the passes of former matches. `wall_clock` is in Unix seconds."""

    def __init__(
        self,
        passes: PassSealer,
        invitations: InvitationSealer,
        registry: MeetingRegistry,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._passes = passes
        self._invitations = invitations
        self._registry = registry
        self._wall_clock = wall_clock

    def open(self, find: Find, me: Participant) -> MeetingRoom:
        """Return the meeting that a `find` names. Raises `MeetingRefused`, or `TooLate` if it has expired."""
        if find.invitation:
            invitation = self._invitations.open(find.invitation, self._wall_clock())
            if invitation.mode != find.mode:
                raise MeetingRefused(f"the invitation is for {invitation.mode}")
            return invitation.meeting(me.visitor, me.device)
        try:
            content = self._passes.open(find.again or "", me.visitor, self._wall_clock(), me.device)
        except PassRefused as refused:
            raise MeetingRefused(refused.message) from None
        return meeting_again(content.match, content.polite)

    def invite(self, host: TokenHolder, asked: AskedInvitation) -> MadeInvitation:
        """Make an invitation of this host."""
        expires = self._wall_clock() + asked.seconds
        content = InvitationContent(
            random_id(), asked.mode, host.visitor, host.device_key, expires, asked.line
        )
        return MadeInvitation(self._invitations.seal(content), asked.seconds)

    async def check(self, invitation: str) -> InvitationState:
        """Return what an invitation is for. Raises `MeetingRefused`, or `TooLate` if it has expired."""
        now = self._wall_clock()
        content = self._invitations.open(invitation, now)
        waits = bool(await self._registry.waiting([content.host_waits_as]))
        return InvitationState(cast(Mode, content.mode), content.line, int(content.expires - now), waits)

    async def waiting_for(self, holder: TokenHolder, passes: Sequence[str]) -> WaitingPartners:
        """Return the matches of these passes whose partners wait for `holder`. Other passes are left out."""
        opened = self._opened(holder, passes)
        names = {waits_again_as(content.match, not content.polite): content.match for content in opened}
        return WaitingPartners(sorted(names[name] for name in await self._registry.waiting(names)))

    def _opened(self, holder: TokenHolder, passes: Sequence[str]) -> Iterator[PassContent]:
        """Yield the content of each pass that is good, and the holder's."""
        for sealed in passes:
            try:
                yield self._passes.open(sealed, holder.visitor, self._wall_clock(), holder.device_key)
            except PassRefused:
                continue  # an old one, or one of another tab
