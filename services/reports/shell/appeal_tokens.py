"""What a visitor proves with that a decision is about them, for months, with no account."""

import msgspec

from services.contract.errors import PassRefused
from services.contract.ids import DecisionId, VisitorId
from services.contract.sealing import Sealer

from ..core.records import NewDecision

_MOST = 4096


class AppealContent(msgspec.Struct, frozen=True, array_like=True):
    """What an appeal token says."""

    decision: DecisionId
    visitor: VisitorId


class AppealTokens:
    """Seals appeal tokens."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, decision: NewDecision) -> str:
        return self._sealer.seal(msgspec.msgpack.encode(AppealContent(decision.id, decision.visitor)))

    def open(self, token: str) -> DecisionId:
        """The decision; raises `PassRefused`."""
        if len(token) > _MOST:
            raise PassRefused("the token is too long to be one of ours")
        return msgspec.msgpack.decode(self._sealer.open(token), type=AppealContent).decision
