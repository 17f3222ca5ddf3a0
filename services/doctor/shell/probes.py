"""What the probes have in common: the examination that they are part of, and how they fail."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

import aiohttp
import asyncpg
import nats.errors
from aioice.stun import TransactionError

from ..config import Config
from ..core.check_result import Check, CheckResult, red, skipped
from .site import CheckedSite
from .turn_client import TurnRefusal
from .visitor import Side, meet

FAILURES = (
    OSError,  # also ssl.SSLError and TimeoutError
    EOFError,
    ValueError,  # an answer that makes no sense
    aiohttp.ClientError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    nats.errors.Error,
    TransactionError,
    TurnRefusal,
)
"""What a part that is away, or that is something else, may raise."""


class NobodyMet(Exception):
    """The check `meeting` tells why nobody met, so the checks that depend on it say nothing."""


@dataclass
class Examination:
    """One run: what it knows, and the one meeting that several checks look at. `idle` is in seconds."""

    site: CheckedSite
    config: Config
    idle: float
    address: str = ""
    meet: Callable[[CheckedSite], Coroutine[None, None, tuple[Side, Side]]] = meet
    _meeting: asyncio.Task[tuple[Side, Side]] | None = field(default=None, init=False)

    async def meeting(self) -> tuple[Side, Side]:
        """Let two visitors meet, once, and return both sides. Raises what keeps them from it."""
        if self._meeting is None:
            self._meeting = asyncio.create_task(self.meet(self.site))
        return await asyncio.shield(self._meeting)

    async def sides(self) -> tuple[Side, Side]:
        """Return both sides of the meeting. Raises `NobodyMet` if there was none."""
        try:
            return await self.meeting()
        except FAILURES:
            raise NobodyMet from None


@dataclass(frozen=True, slots=True)
class Probe:
    """A check, how it is done, and the most seconds that this takes beside the silence."""

    check: Check
    look: Callable[[Examination], Awaitable[CheckResult]]
    seconds: float = 45.0


async def examine(probe: Probe, examination: Examination) -> CheckResult:
    """Do a check. A part that does not answer is a result, too."""
    try:
        async with asyncio.timeout(probe.seconds + examination.idle):
            return await probe.look(examination)
    except NobodyMet:
        return skipped("two visitors would have to meet first")
    except TimeoutError as error:
        return red(f"no answer in time {error}".rstrip())
    except aiohttp.ClientConnectorCertificateError as error:
        return red(f"the certificate is refused: {error.certificate_error}")
    except ssl.SSLCertVerificationError as error:
        return red(f"the certificate is refused: {error.verify_message}")
    except aiohttp.ClientResponseError as error:
        return red(f"the answer is {error.status} {error.message}")
    except TurnRefusal as refusal:
        return red(str(refusal))
    except FAILURES as error:
        return red(f"no answer: {str(error) or type(error).__name__}")
