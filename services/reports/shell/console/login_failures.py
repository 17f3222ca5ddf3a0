"""Counts and logs logins that were refused, so that somebody who guesses is seen."""

from time import monotonic

from services.contract.errors import ZufallError
from services.contract.log_hashes import LogHasher
from services.contract.rate_limit import Rate, gcra
from services.runtime.logs import logger

from .. import metrics

_LINES = Rate(per_second=1, burst=60)
"""The log has at most this many lines. The metric counts all."""


class LoginFailures:
    """Notes each refused login with a hash of its network, and never with what was typed."""

    def __init__(self, hasher: LogHasher) -> None:
        """`zufall log-hash` hashes a network such as 192.0.2.0/24 in the same way."""
        self._hasher = hasher
        self._tat = 0.0
        self._unlogged = 0

    def note(self, network: str, error: ZufallError) -> None:
        """Note that a login from this network was refused with this error."""
        metrics.LOGINS_REFUSED.labels(error.code).inc()
        wait, self._tat = gcra(self._tat, _LINES, monotonic())
        if wait:
            self._unlogged += 1
            return
        hashed, unlogged, self._unlogged = self._hasher.hash(network), self._unlogged, 0
        logger().warning("a login was refused", network=hashed, reason=error.message, unlogged=unlogged)
