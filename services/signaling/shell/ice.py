"""ICE servers for a match, with TURN credentials that expire."""

import hashlib
import hmac
from array import array
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from services.contract.ids import MatchId
from services.contract.rate_limit import UNLIMITED, Rate, gcra
from services.contract.turn_credentials import mint

from ..core.match_side import Participant
from ..core.messages import Ice, IcePolicy, IceServer
from . import metrics

CREDENTIAL_LIFETIME = 120
"""Seconds in which a visitor may begin to use a relay. What has begun goes on."""

_SLOTS = 1 << 14


class CredentialQuota:
    """Limits how many credentials each network gets. Networks share the slots of a table of fixed size."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._tats = array("d", bytes(8 * _SLOTS))

    def take(self, address_hash: bytes, now: float) -> bool:
        """Return whether the network (its keyed hash) may have one more at `now` (monotonic seconds)."""
        slot = int.from_bytes(address_hash, "big") % _SLOTS
        wait, self._tats[slot] = gcra(self._tats[slot], self._rate, now)
        return not wait


@dataclass(frozen=True, slots=True)
class IceProvider:
    """Gives each visitor of a match the ICE servers of this installation, with credentials of their own."""

    policy: IcePolicy
    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    quota: CredentialQuota = field(default_factory=lambda: CredentialQuota(UNLIMITED))

    def ice_for(self, me: Participant, match: MatchId, now: float, wall: float) -> Ice:
        """Return what the visitor may use in this match from now on (monotonic and Unix seconds).

        A network that has used up its quota gets no relay.
        """
        servers = [IceServer(list(self.stun_urls))] if self.stun_urls else []
        expires_in: float | UnsetType = UNSET
        if self.turn_urls and self.quota.take(me.address_hash, now):
            servers.append(self._turn_server(me, match, wall))
            expires_in = CREDENTIAL_LIFETIME
            metrics.RELAY_CREDENTIALS.labels("given").inc()
        elif self.turn_urls:
            metrics.RELAY_CREDENTIALS.labels("refused").inc()
        return Ice(servers, self.policy, expires_in)

    def _turn_server(self, me: Participant, match: MatchId, wall: float) -> IceServer:
        """Return the TURN servers. They see a name that is new in each match, and can limit its use."""
        key = self.turn_secret.encode()
        name = hmac.new(key, f"{match}:{me.visitor}".encode(), hashlib.sha256).hexdigest()[:24]
        credentials = mint(self.turn_secret, name, int(wall) + CREDENTIAL_LIFETIME)
        return IceServer(list(self.turn_urls), credentials.username, credentials.password)
