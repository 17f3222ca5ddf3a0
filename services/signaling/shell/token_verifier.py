"""Verifies the tokens that browsers show, and refuses those that were revoked."""

import time
from collections.abc import Callable

from services.contract.errors import TokenRefused
from services.contract.tokens import TokenHolder, TokenSigner

from ..core.revoked_tokens import RevokedTokens


class TokenVerifier:
    """Says whom a token names. Every method raises `TokenRefused`."""

    def __init__(
        self, signer: TokenSigner, revoked: RevokedTokens, wall_clock: Callable[[], float] = time.time
    ) -> None:
        self._signer = signer
        self._revoked = revoked
        self._wall_clock = wall_clock

    def verify(self, token: str) -> TokenHolder:
        """Return whom a token names that has not expired."""
        return self._unless_revoked(self._signer.verify(token, self._wall_clock()))

    def verify_to_renew(self, token: str) -> TokenHolder:
        """Return whom a token names that may be renewed. One without a device must not have expired."""
        holder = self._signer.verify_old(token, self._wall_clock())
        if holder.device is None:
            return self.verify(token)
        return self._unless_revoked(holder)

    def verify_old(self, token: str) -> TokenHolder:
        """Return whom a token names, even if it has expired less than a day ago.

        This is for what harms nobody: to ask how one stands, and to file a report about a stranger whom one
        met, with the pass to prove it. Pages may send reports many hours later.
        """
        return self._unless_revoked(self._signer.verify_old(token, self._wall_clock()))

    def _unless_revoked(self, holder: TokenHolder) -> TokenHolder:
        if self._revoked.hold(holder.revocable_by):
            raise TokenRefused("the token was revoked")
        return holder
