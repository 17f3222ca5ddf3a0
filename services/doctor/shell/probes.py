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
from ..core.check_result import Check, CheckResult, red
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
        """Let two visitors meet, once, and return both sides."""
        if self._meeting is None:
            self._meeting = asyncio.create_task(self.meet(self.site))
        return await asyncio.shield(self._meeting)


@dataclass(frozen=True, slots=True)
class Probe:
    """A check, how it is done, and the most seconds that this takes."""

    check: Check
    look: Callable[[Examination], Awaitable[CheckResult]]
    seconds: float = 45.0


async def examine(probe: Probe, examination: Examination) -> CheckResult:
    """Do a check. A part that does not answer is a result, too."""
    seconds = probe.seconds + (examination.idle if probe.check.name == "socket" else 0)
    try:
        async with asyncio.timeout(seconds):
            return await probe.look(examination)
    except TimeoutError as error:
        return red(f"no answer in time {error}".rstrip())
    except aiohttp.ClientConnectorCertificateError as error:
        return red(f"the certificate is refused: {error.certificate_error}")
    except ssl.SSLCertVerificationError as error:
        return red(f"the certificate is refused: {error.verify_message}")
    except aiohttp.ClientResponseError as error:
        return red(f"the answer is {error.status} {error.message}")
    except FAILURES as error:
        return red(f"no answer: {str(error) or type(error).__name__}")
