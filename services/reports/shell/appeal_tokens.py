"""Seals tokens with which a visitor without an account proves that a decision is about them."""

import msgspec

from services.contract.errors import PassRefused
from services.contract.ids import DecisionId, VisitorId
from services.contract.sealing import Sealer

from ..core.records import NewDecision

_MAX_LENGTH = 4096


class AppealContent(msgspec.Struct, frozen=True, array_like=True):
    """The content of an appeal token."""

    decision: DecisionId
    visitor: VisitorId


class AppealTokens:
    """Seals and opens appeal tokens."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, decision: NewDecision) -> str:
        """Return the token for the visitor whom `decision` is about."""
        return self._sealer.seal(msgspec.msgpack.encode(AppealContent(decision.id, decision.visitor)))

    def open(self, token: str) -> DecisionId:
        """Return the decision that a token is about; raises `PassRefused`."""
        if len(token) > _MAX_LENGTH:
            raise PassRefused("the token is too long to be one of ours")
        return msgspec.msgpack.decode(self._sealer.open(token), type=AppealContent).decision
