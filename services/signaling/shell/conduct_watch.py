"""Watches what the visitors of one gateway do for signs of spam, counts them, and tells of many."""

from collections.abc import Callable, Iterable

from ..core.conduct import Conducts, Observation, Sign
from ..core.messages import Chat
from ..core.telling_lines import telling_line
from . import metrics
from .clients import Client


class ConductWatch:
    """Gives what visitors do to `conducts`. `key` is a secret of this process, at most 64 bytes.

    `observe` gets what the reports service must know. Without limits nothing is watched.
    """

    def __init__(
        self, conducts: Conducts, key: bytes, observe: Callable[[Observation], None], limits: bool = True
    ) -> None:
        self._conducts = conducts
        self._key = key
        self._observe = observe
        self._limits = limits

    def on_press(self, client: Client, now: float) -> None:
        """Note that the visitor asks for a stranger. Times are monotonic seconds."""
        if self._limits:
            self._add(client, self._conducts.press(client.visitor, client.me.device, now), now)

    def on_line(self, client: Client, chat: Chat, now: float) -> None:
        """Note that the visitor says a line, which counts if it is for the present partner."""
        line = telling_line(chat.text, self._key) if self._limits else None
        if line is None:
            return
        match = client.session.summary
        if match.match != chat.match:
            return
        signs = self._conducts.say(
            client.visitor, client.me.device, client.network, line, match.match, match.partner_wrote, now
        )
        self._add(client, signs, now)

    def _add(self, client: Client, signs: Iterable[Sign], now: float) -> None:
        for sign in signs:
            metrics.SPAM_SIGNS.labels(sign).inc()
            observed = self._conducts.add(client.visitor, client.me.device, sign, now)
            if observed is not None:
                self._observe(observed)
