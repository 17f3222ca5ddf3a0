"""The browser protocol `zufall.v2`: every frame as a frozen type, parsed once.

Unknown types, unknown fields and values out of bounds are refused. Times are in seconds.
`docs/browser-protocol.md` and `web/src/messages.generated.ts` are written from this module.
"""

from typing import Annotated, Literal, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.contract.ids import EndReason as EndReason
from services.contract.limits import MAX_AVOIDED_COUNTRIES, MAX_INTERESTS, MAX_LANGUAGES

SUBPROTOCOL = "zufall.v2"
VERSION = "0.2.0"
"""The newest page whose every field this gateway knows; a test compares it with the project's version."""
MAX_FRAME_BYTES = 32 * 1024
MAX_CHAT_LENGTH = 2000

Mode = Literal["video", "audio", "text"]
IcePolicy = Literal["relay", "public", "all"]
Evidence = Literal["reports", "flags", "pictures", "chat"]

MAX_INTEREST_LENGTH = 32
Interest = Annotated[str, Meta(min_length=1, max_length=MAX_INTEREST_LENGTH)]
# `(?!\n)`: in Python `$` also matches before a last line break.
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*(?!\n)$", max_length=35)]
Country = Annotated[str, Meta(pattern=r"^[A-Za-z]{2}(?!\n)$")]
MatchRef = Annotated[str, Meta(min_length=1, max_length=64)]
MAX_SEALED_LENGTH = 4096
"""The longest token or pass. A pass holds a wish; with the longest interests it has some 2,500 characters."""
SealedText = Annotated[str, Meta(min_length=1, max_length=MAX_SEALED_LENGTH)]
MAX_MEMORY_LENGTH = 8192
"""The longest memory: 256 partners, 64 blocks and the longest wish need some 7,500 characters."""
MemoryText = Annotated[str, Meta(min_length=1, max_length=MAX_MEMORY_LENGTH)]
MAX_SAFE_INTEGER = 2**53 - 1
"""The highest whole number that JavaScript counts exactly."""
Epoch = Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
LineNumber = Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
Version = Annotated[str, Meta(pattern=r"^[0-9]{1,5}(\.[0-9]{1,5}){2}(?!\n)$")]


class Message(Struct, frozen=True, tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    """One frame."""


# --- both ways: what one visitor says to the other -------------------------------------------------


class SessionDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """An SDP offer or answer, as `RTCPeerConnection` makes it. An SDP has at most 16 KiB."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Annotated[str, Meta(max_length=16 * 1024)] = ""


class Candidate(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """An ICE candidate, as `RTCIceCandidate.toJSON()` gives it."""

    candidate: Annotated[str, Meta(max_length=1024)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=255)] | None = msgspec.field(
        default=None, name="sdpMLineIndex"
    )
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class Description(Message, frozen=True, tag="description"):
    """An offer or answer for this match. `rollback` asks the impolite side, which alone offers once both have
    agreed, to restart ICE.
    """

    match: MatchRef
    description: SessionDescription


class Candidates(Message, frozen=True, tag="candidates"):
    """ICE candidates for this match, gathered for up to 30 ms and sent together."""

    match: MatchRef
    candidates: Annotated[list[Candidate], Meta(min_length=1, max_length=16)]


class Chat(Message, frozen=True, tag="chat"):
    """A line of text. It arrives in order and once, because the pages number, acknowledge and repeat it.

    `n` numbers what must arrive (`chat` and `reveal`) in this match and direction, from 1, also across
    resumes. The receiving page takes only the next number. The sending page says what is unacknowledged again
    after `resumed` and `partner_back`, at most once in 3 s, else only the oldest, after 3, 6, 12 … 30 s, and
    nothing while the partner is away. When a repeat is acknowledged, the next oldest follows at once. A
    gateway relays it at most once and keeps nothing.
    """

    match: MatchRef
    n: LineNumber
    text: Annotated[str, Meta(min_length=1, max_length=MAX_CHAT_LENGTH)]
    id: Annotated[str, Meta(min_length=1, max_length=64)]


class Typing(Message, frozen=True, tag="typing"):
    """I am writing a line."""

    match: MatchRef


class Received(Message, frozen=True, tag="received"):
    """My page has every `chat` and `reveal` of the partner up to number `n`.

    Each of those that a gateway gives to a browser pays for one `received`; more than that count as other
    frames do.
    """

    match: MatchRef
    n: Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]


class Reveal(Message, frozen=True, tag="reveal"):
    """I lift my curtain. `n` numbers it together with the lines of chat."""

    match: MatchRef
    n: LineNumber


# --- browser → gateway -----------------------------------------------------------------------------


class Hello(Message, frozen=True, tag="hello"):
    """The first frame, within 5 s. A `pass` asks to resume that match, on whichever gateway this is.

    `epoch` numbers the connections of one token: it is higher than at any earlier dial. `memory` is the
    newest one that any gateway gave. Unknown fields are refused, unless `version` (like 0.2.1) is newer
    than the gateway's own.
    """

    token: SealedText
    epoch: Epoch
    version: Version | UnsetType = UNSET
    memory: MemoryText | UnsetType = UNSET
    pass_: SealedText | UnsetType = msgspec.field(default=UNSET, name="pass")
    locale: Language | UnsetType = UNSET


class Find(Message, frozen=True, tag="find"):
    """Look for a stranger; replaces an earlier wish.

    Interests that differ only in case, width, accents, blanks or what cannot be seen are one. Double ones and
    those without anything to see are left out; an empty or longer one, or one too many, is refused.
    Of a language tag only the language counts: `pt-BR` is `pt`.
    `nearby`: somebody of the same country is as welcome as a shared interest.
    """

    mode: Mode
    interests: Annotated[list[Interest], Meta(max_length=MAX_INTERESTS)] = []
    languages: Annotated[list[Language], Meta(max_length=MAX_LANGUAGES)] = []
    strict_language: bool = False
    avoid_countries: Annotated[list[Country], Meta(max_length=MAX_AVOIDED_COUNTRIES)] = []
    nearby: bool = False


class Next(Message, frozen=True, tag="next"):
    """Leave the match and search again with the same wish."""

    match: MatchRef | UnsetType = UNSET


class Stop(Message, frozen=True, tag="stop"):
    """Leave the match or the queue; stay connected."""


class Rewind(Message, frozen=True, tag="rewind"):
    """I want the partner of this match back, which ended by `next` less than 30 s ago.

    When both have asked, both get `matched`; whom they are with by then gets `ended`, as after `next`.
    """

    match: MatchRef


class Block(Message, frozen=True, tag="block"):
    """Never pair me with the partner of this pass again.

    A page says it again after each `welcome` until a `memory` names the match.
    """

    pass_: SealedText = msgspec.field(name="pass")


FromBrowser = (
    Hello | Find | Next | Stop | Description | Candidates | Chat | Received | Typing | Reveal | Rewind | Block
)
ToPartner = Description | Candidates | Chat | Received | Typing | Reveal


# --- gateway → browser -----------------------------------------------------------------------------


class IceServer(Struct, frozen=True, omit_defaults=True):
    """As `RTCIceServer`."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class IceRules(Struct, frozen=True):
    """Which candidates may leave the browser. The servers come with each match."""

    policy: IcePolicy


class Ice(Struct, frozen=True):
    """Which servers to use in this match, and which candidates may leave the browser.

    `expires_in`: after so long the credentials open nothing new; resuming the match brings others.
    """

    servers: list[IceServer]
    policy: IcePolicy
    expires_in: float | UnsetType = UNSET


class Resumed(Struct, frozen=True):
    """The match that goes on after a lost socket."""

    match: str
    polite: bool
    pass_: str = msgspec.field(name="pass")
    partner_here: bool
    ice: Ice


class Welcome(Message, frozen=True, tag="welcome"):
    """The token is good; `find` may follow.

    After a hello with a pass it waits for word of the partner for at most 1 s, and then says
    `partner_here: false`. Without `resumed` the match does not go on.
    """

    visitor: str
    gateway: str
    memory: str
    ice: IceRules
    resumed: Resumed | UnsetType = UNSET


class Searching(Message, frozen=True, tag="searching"):
    """Sent when something changed: how many tickets wait in the pool, the stage, and when it widens.

    `waiting` counts one's own ticket, too. Where at most 64 wait, who waits on hears of every change within
    some two seconds; where more do, the number is as of the last change of the stage or the hint.
    `hint` is what in the wish keeps it waiting: `alone` (nobody else waits), `nobody` (nobody who waits may
    be met, whatever one wishes), `met` (only people one has just parted from), or a field of `find`, with
    the tags that nobody else who waits has: `languages:cy`.
    """

    waiting: int
    stage: int
    widens_in: float | UnsetType = UNSET
    hint: str | UnsetType = UNSET


class Partner(Struct, frozen=True, omit_defaults=True):
    """What a visitor may know of the other. Shared interests are spelled as this visitor spells them."""

    languages: list[str]
    shared_interests: list[str]
    country: str | None = None


class Matched(Message, frozen=True, tag="matched"):
    """A stranger is here. `polite` yields when both offer at once."""

    match: str
    polite: bool
    pass_: str = msgspec.field(name="pass")
    memory: str
    partner: Partner
    ice: Ice


class Memory(Message, frozen=True, tag="memory"):
    """The page keeps this for the next gateway, in the place of what it kept before.

    It comes after a `block`, whose match is `blocked`, and to those who search before a gateway shuts down.
    """

    memory: str
    blocked: str | UnsetType = UNSET


class PartnerAway(Message, frozen=True, tag="partner_away"):
    """The partner's socket or gateway is gone; they may be back within `grace` seconds.

    What is said to them meanwhile is not relayed: say it again after `partner_back`. The media goes on.
    """

    match: str
    grace: float | UnsetType = UNSET


class PartnerBack(Message, frozen=True, tag="partner_back"):
    """The partner is back; a `pass` replaces the earlier one, because their gateway changed.

    Say again what they have not acknowledged. It may come without `partner_away`
    before it: their absence was too short to be noticed.
    """

    match: str
    pass_: str | UnsetType = msgspec.field(default=UNSET, name="pass")


class Ended(Message, frozen=True, tag="ended"):
    """The match is over. After next and lost a search goes on by itself and `searching` follows."""

    match: str
    reason: EndReason


class RewindOffer(Message, frozen=True, tag="rewind_offer"):
    """The last partner asks to meet again."""

    match: str
    expires_in: float


class Error(Message, frozen=True, tag="error"):
    """Something was refused: a stable `code` for programs, a sentence for people.

    `id` names the line of chat that was refused, if it was one. `epoch` comes with `stale_epoch`: the visitor
    has connected elsewhere with this one, which is newer.
    """

    code: str
    message: str
    retry_after: float | UnsetType = UNSET
    id: str | UnsetType = UNSET
    epoch: int | UnsetType = UNSET


class Banned(Message, frozen=True, tag="banned"):
    """The visitor may not search: why, until when, and a token to appeal with.

    `reason`: what the moderator says to the visitor. `evidence`: what kinds of it the decision rests on,
    of `reports` (of people), `flags` (of the check in browsers), `pictures` and `chat`.
    """

    rule: str
    automated: bool
    decision: str
    appeal: str
    until: str | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=1000)] | UnsetType = UNSET
    evidence: list[Evidence] | UnsetType = UNSET


ToBrowser = (
    Welcome | Searching | Matched | Memory | Description | Candidates | Chat | Received | Typing | Reveal
    | PartnerAway | PartnerBack | Ended | RewindOffer | Error | Banned
)  # fmt: skip


class _NewerHello(Struct, frozen=True, tag_field="type", tag="hello"):
    """A `hello` whatever else is in it."""

    token: SealedText
    epoch: Epoch
    version: Version
    memory: MemoryText | UnsetType = UNSET
    pass_: SealedText | UnsetType = msgspec.field(default=UNSET, name="pass")
    locale: Language | UnsetType = UNSET


_decoder = msgspec.json.Decoder(FromBrowser)
_newer_hellos = msgspec.json.Decoder(_NewerHello)
_finds = msgspec.json.Decoder(Find)
_encoder = msgspec.json.Encoder()


def parse(frame: bytes) -> FromBrowser:
    """The message in `frame`; raises `ValueError` with a sentence.

    Every string is checked to be UTF-8 on the way, so accepted bytes may be relayed as they are.
    """
    try:
        return cast(FromBrowser, _decoder.decode(frame))
    except UnicodeDecodeError:
        raise ValueError("the frame is not valid UTF-8") from None
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("the frame is nested too deeply") from None


def parse_hello(frame: bytes) -> FromBrowser:
    """Parse the first frame: a page that is newer than this gateway may say more than it knows."""
    try:
        return parse(frame)
    except ValueError:
        newer = _newer_hello(frame)
        if newer is None:
            raise
        return newer


def _newer_hello(frame: bytes) -> Hello | None:
    try:
        said = _newer_hellos.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if _numbers(said.version) <= _numbers(VERSION):
        return None
    return Hello(said.token, said.epoch, said.version, said.memory, said.pass_, said.locale)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def decode_find(frame: bytes) -> Find | None:
    """The `find` that a gateway encoded; None when it is a newer one, or there is none."""
    try:
        return _finds.decode(frame) if frame else None
    except ValueError:
        return None


def encode(message: ToBrowser | FromBrowser) -> bytes:
    """One JSON text frame, `type` first."""
    return _encoder.encode(message)
