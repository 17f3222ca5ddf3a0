"""A history is made of events: all that a simulated browser does or sees, and what was done to the servers.

Times are seconds on one monotonic clock. A visitor is known by the name the swarm gave them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct


class _Event(Struct, frozen=True, tag_field="kind", tag=str.lower, omit_defaults=True, gc=False):
    at: float


class _OfVisitor(_Event, frozen=True, gc=False):
    visitor: str


class _OfMatch(_OfVisitor, frozen=True, gc=False):
    match: str


# --- the socket ------------------------------------------------------------------------------------


class Dials(_OfVisitor, frozen=True, gc=False):
    """The visitor tries to connect to the gateway at `origin`, for the first time or again."""

    origin: str


class Came(_OfVisitor, frozen=True, gc=False):
    """Welcomed by the process `gateway`, reached at `origin`, which calls the visitor `id`."""

    origin: str
    gateway: str
    id: str
    resumed: str = ""  # the match that goes on
    partner_here: bool = True


class Lost(_OfVisitor, frozen=True, gc=False):
    """The socket is gone; they mean to come back. `cut`: by their own doing, without a close frame."""

    code: int
    cut: bool = False


class Gone(_OfVisitor, frozen=True, gc=False):
    """The visitor left for good: they closed the tab (`left`), or a close code said to stay away."""

    code: int
    left: bool = False


# --- searching and meeting -------------------------------------------------------------------------


class Searches(_OfVisitor, frozen=True, gc=False):
    """The visitor searches from now on, as the page understands it."""

    mode: str


class Stopped(_OfVisitor, frozen=True, gc=False):
    """The visitor left the search or the match, and looks for nobody."""


class Pressed(_OfMatch, frozen=True, gc=False):
    """Next: they left the match by themselves."""


class Met(_OfMatch, frozen=True, gc=False):
    polite: bool


class Skipped(_OfMatch, frozen=True, gc=False):
    """A `matched` for a search that they had taken back: it was on its way, and is skipped."""


class MatchEnded(_OfMatch, frozen=True, gc=False):
    reason: str


class Away(_OfMatch, frozen=True, gc=False):
    """The visitor is told that the partner is away."""


class Back(_OfMatch, frozen=True, gc=False):
    """The visitor is told that the partner is back."""


class Asked(_OfMatch, frozen=True, gc=False):
    """The visitor asked for the partner of this match again with `rewind`."""


class Offered(_OfMatch, frozen=True, gc=False):
    """The partner of this match asked for them again."""


class Blocked(_OfMatch, frozen=True, gc=False):
    """The visitor never wants to meet the partner of this match again."""


class Remembered(_OfMatch, frozen=True, gc=False):
    """Their memory names this match as one whose partner they blocked."""


class ErrorReceived(_OfVisitor, frozen=True, gc=False):
    """An `error` frame."""

    code: str


class Unreadable(_OfVisitor, frozen=True, gc=False):
    """A frame that is not of the protocol."""

    frame: str


# --- lines -----------------------------------------------------------------------------------------


class Said(_OfMatch, frozen=True, gc=False):
    """Line `number` of this visitor in this match, from 1.

    `held`: it waits for a partner who is away, and is not sent yet. `again`: it is sent once more.
    """

    number: int
    held: bool = False
    again: bool = False


class _Line(_OfMatch, frozen=True, gc=False):
    of: str
    said_in: str
    number: int


class Heard(_Line, frozen=True, gc=False):
    """Line `number`, which `of` had said in `said_in`, came in `match` and was taken as the next one."""


class Ignored(_Line, frozen=True, gc=False):
    """A line came that the page did not take: it was not the next one of the present match."""


class Acknowledged(_OfMatch, frozen=True, gc=False):
    """The partner's page says that it has all lines of this visitor up to `number`."""

    number: int


# --- reports ---------------------------------------------------------------------------------------


class Filing(_OfMatch, frozen=True, gc=False):
    """The visitor began to send a report about the partner, and goes on until it is answered."""


class Filed(_OfMatch, frozen=True, gc=False):
    """The report was acknowledged with the id `report`."""

    report: str


class Postponed(_OfMatch, frozen=True, gc=False):
    """The visitor was asked to wait and to send the report again."""


class Dismissed(_OfMatch, frozen=True, gc=False):
    """The report was refused for good."""

    code: str


# --- what was done to the servers ------------------------------------------------------------------


class Struck(_Event, frozen=True, gc=False):
    """Fault `number` begins. `sudden`: it is over at once (a kill), and only its service is still missing.

    `origin`: of the gateway that it struck, or whose wire; empty where it was no single gateway.
    """

    number: int
    fault: str
    target: str
    sudden: bool = False
    origin: str = ""


class Healed(_Event, frozen=True, gc=False):
    """The effects of fault `number` are undone."""

    number: int


class Calmed(_Event, frozen=True, gc=False):
    """All faults are healed and every service is ready, so everything must work until the next fault."""


class Measured(_Event, frozen=True, gc=False):
    """The resident memory of one process, which has another `pid` after each start."""

    process: str
    bytes: int
    pid: int = 0


class Finished(_Event, frozen=True, gc=False):
    """The record ends here."""


OfVisitor: TypeAlias = (
    Dials | Came | Lost | Gone | Searches | Stopped | Pressed | Met | Skipped | MatchEnded | Away
    | Back | Asked | Offered | Blocked | Remembered | ErrorReceived | Unreadable | Said | Heard | Ignored
    | Acknowledged | Filing | Filed | Postponed | Dismissed
)  # fmt: skip
Event: TypeAlias = OfVisitor | Struck | Healed | Calmed | Measured | Finished

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Event)


def write(history: Iterable[Event], file: Path) -> None:
    """Write one JSON object a line. Raises `OSError`."""
    with file.open("wb") as lines:
        for event in history:
            lines.write(_encoder.encode(event) + b"\n")


def read(file: Path) -> Iterator[Event]:
    """Return the events that `write` wrote. Raises `OSError` or `msgspec.DecodeError`."""
    with file.open("rb") as lines:
        for line in lines:
            yield _decoder.decode(line)


def say(event: Event) -> str:
    """Return one line for a person: the time, the visitor, the kind, and all other fields."""
    fields = msgspec.to_builtins(event)
    at, kind = fields.pop("at"), fields.pop("kind")
    who = fields.pop("visitor", "")
    rest = " ".join(f"{name}={value}" for name, value in fields.items())
    return f"{at:9.3f}  {who:>7}  {kind:<10} {rest}".rstrip()
