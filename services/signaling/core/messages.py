"""The browser protocol `zufall.v2`: every frame is a frozen type and is parsed once.

Unknown types, unknown fields and values out of bounds are refused. Times are in seconds.
`docs/browser-protocol.md` and `web/src/messages.generated.ts` are generated from this module.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.contract.decoding import describe
from services.contract.ids import EndReason as EndReason
from services.contract.limits import MAX_AVOIDED_COUNTRIES, MAX_INTERESTS, MAX_LANGUAGES
from services.contract.version import VERSION

SUBPROTOCOL = "zufall.v2"
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
PoolName = Annotated[str, Meta(pattern=r"^[a-z0-9-]{0,32}(?!\n)$")]
MatchRef = Annotated[str, Meta(min_length=1, max_length=64)]
MAX_SEALED_LENGTH = 4096
"""Characters of the longest token or pass. A pass with the longest wish has some 2,700."""
SealedText = Annotated[str, Meta(min_length=1, max_length=MAX_SEALED_LENGTH)]
InvitationText = Annotated[str, Meta(min_length=1, max_length=512)]
MAX_MEMORY_LENGTH = 8192
"""Characters of the longest memory: 256 partners, 64 blocks and the longest wish need some 8,100."""
MemoryText = Annotated[str, Meta(min_length=1, max_length=MAX_MEMORY_LENGTH)]
MAX_SAFE_INTEGER = 2**53 - 1
"""The highest whole number that JavaScript represents exactly."""
Epoch = Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
LineNumber = Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
Version = Annotated[str, Meta(pattern=r"^[0-9]{1,5}(\.[0-9]{1,5}){2}(?!\n)$")]


class Message(Struct, frozen=True, tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    """One frame."""


# --- both ways: frames from one visitor to the other -------------------------------------------------


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
    """An SDP offer or answer for this match.

    It has at most one section for audio, one for video and one for data, and one SHA-256 fingerprint. The
    partner gets it without attributes and candidates that no browser writes, and without addresses elsewhere.
    A `rollback` asks the impolite side to restart ICE, because it alone makes offers once both have agreed.
    """

    match: MatchRef
    description: SessionDescription


class Candidates(Message, frozen=True, tag="candidates"):
    """ICE candidates for this match. The page collects them for up to 30 ms and sends them together.

    The partner gets those that a browser writes and the ICE policy allows, without their related addresses.
    """

    match: MatchRef
    candidates: Annotated[list[Candidate], Meta(min_length=1, max_length=16)]


class Chat(Message, frozen=True, tag="chat"):
    """A line of text. It arrives once and in order, because the pages number, acknowledge and repeat it.

    `n` numbers the frames that must arrive (`chat` and `reveal`) in this match and direction. It starts at 1
    and goes on across resumes. The receiving page accepts only the next number. The sending page repeats all
    unacknowledged frames after `resumed` and `partner_back`, at most once in 3 s. Otherwise it repeats only
    the oldest, after 3, 6, 12 … 30 s, and nothing while the partner is away. When a repeated frame is
    acknowledged, the page repeats the next oldest at once. A gateway relays a frame at most once and keeps
    only a keyed digest of the last lines.
    """

    match: MatchRef
    n: LineNumber
    text: Annotated[str, Meta(min_length=1, max_length=MAX_CHAT_LENGTH)]
    id: Annotated[str, Meta(min_length=1, max_length=64)]


class Typing(Message, frozen=True, tag="typing"):
    """The visitor is writing a line."""

    match: MatchRef


class Received(Message, frozen=True, tag="received"):
    """The page has every `chat` and `reveal` of the partner up to number `n`.

    For each `chat` or `reveal` that a browser gets, one `received` is free of the limit of frames. Further
    ones count.
    """

    match: MatchRef
    n: Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]


class Reveal(Message, frozen=True, tag="reveal"):
    """The visitor lifts their curtain. `n` numbers it together with the lines of chat."""

    match: MatchRef
    n: LineNumber


class WantedMode(Message, frozen=True, tag="mode"):
    """How far the visitor goes in this match: text, audio or video. The two talk in the lower one of both.

    At first it is the mode of `find`. More asks the partner, and `declined` is their no. Less needs nobody.
    The page says it only if `welcome` has `relays_modes`, and again after `resumed` and `partner_back`.
    """

    match: MatchRef
    mode: Mode
    declined: bool = False


# --- browser → gateway -----------------------------------------------------------------------------


class Hello(Message, frozen=True, tag="hello"):
    """The first frame, which must come within 5 s. A `pass` asks to resume that match, on any gateway.

    A match waits 15 s for a socket that was lost, and 6 s for one that was closed with 1001, as browsers do
    when a page is closed or loaded again.

    `epoch` numbers the connections of one token and is higher at every dial. `memory` is the newest one that
    any gateway has given. One that was given to another visitor of this device tells only whom they block.
    Unknown fields are refused, unless `version` (such as 0.2.1) is newer than the gateway's own.
    """

    token: SealedText
    epoch: Epoch
    version: Version | UnsetType = UNSET
    memory: MemoryText | UnsetType = UNSET
    pass_: SealedText | UnsetType = msgspec.field(default=UNSET, name="pass")
    locale: Language | UnsetType = UNSET


class Find(Message, frozen=True, tag="find"):
    """Look for a stranger. This wish replaces an earlier one.

    Interests that differ only in case, width, accents, blanks or invisible characters are the same. Repeated
    and invisible ones are left out. An empty or too long interest, or one too many, is refused. Only the
    language of a language tag counts: `pt-BR` is `pt`. With `nearby`, the same country is worth as much as a
    shared interest. With `once`, no search starts by itself when the partner has left: the visitor may still
    read what they wrote, and the page sends another `find` later. With `pool`, only others in that named pool
    are met. The errors `pool_unknown`, `pool_closed` and `pool_age` end the search.

    With `again`, the pass of a former match, or with an `invitation`, this search is for the people whom that
    names, and for them only. Then only `mode` and `languages` count, as if `once` were there. `next`
    afterwards searches for strangers, by the rest of the wish. If both are there, the invitation counts.
    """

    mode: Mode
    interests: Annotated[list[Interest], Meta(max_length=MAX_INTERESTS)] = []
    languages: Annotated[list[Language], Meta(max_length=MAX_LANGUAGES)] = []
    strict_language: bool = False
    avoid_countries: Annotated[list[Country], Meta(max_length=MAX_AVOIDED_COUNTRIES)] = []
    nearby: bool = False
    once: bool = False
    pool: PoolName = ""
    again: SealedText | UnsetType = UNSET
    invitation: InvitationText | UnsetType = UNSET


class Next(Message, frozen=True, tag="next"):
    """Leave the match and search again with the same wish."""

    match: MatchRef | UnsetType = UNSET


class Stop(Message, frozen=True, tag="stop"):
    """Leave the match or the queue, and stay connected."""


class Rewind(Message, frozen=True, tag="rewind"):
    """Ask to go back to the partner of this match, which ended by `next` less than 30 s ago.

    When both have asked, both get `matched`. The partners they have by then get `ended`, as after `next`.
    """

    match: MatchRef


class Block(Message, frozen=True, tag="block"):
    """Never match this visitor with the partner of this pass again, nor with others of the partner's device.

    The pass is this visitor's, or another's of the same device. The page repeats it after each `welcome`
    until a `memory` names the match.
    """

    pass_: SealedText = msgspec.field(name="pass")


class CallConnected(Message, frozen=True, tag="connected"):
    """Media flows in this match. With `relay` this visitor's own goes through a TURN server of theirs.

    The page tells it once for each match, if `welcome` has `counts_calls`. It is only counted. An older
    gateway does not know this frame.
    """

    match: MatchRef
    relay: bool


FromBrowser = (
    Hello | Find | Next | Stop | Description | Candidates | Chat | Received | Typing | Reveal | WantedMode
    | Rewind | Block | CallConnected
)  # fmt: skip
ToPartner = Description | Candidates | Chat | Received | Typing | Reveal | WantedMode


# --- gateway → browser -----------------------------------------------------------------------------


class IceServer(Struct, frozen=True, omit_defaults=True):
    """An ICE server, in the form of `RTCIceServer`."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class IceRules(Struct, frozen=True):
    """Tells which candidates may leave the browser. The servers come with each match."""

    policy: IcePolicy


class Ice(Struct, frozen=True):
    """Tells which servers to use in this match, and which candidates may leave the browser.

    After `expires_in` the credentials open no new allocation. Resuming the match brings new ones.
    """

    servers: list[IceServer]
    policy: IcePolicy
    expires_in: float | UnsetType = UNSET


class Resumed(Struct, frozen=True):
    """The match that goes on after the socket was lost."""

    match: str
    polite: bool
    pass_: str = msgspec.field(name="pass")
    partner_here: bool
    ice: Ice


class Welcome(Message, frozen=True, tag="welcome"):
    """The token is good, and `find` may follow.

    After a `hello` with a pass the gateway waits at most 1 s to learn where the partner is, and then says
    `partner_here: false`. Without `resumed` the match does not go on. With `counts_calls` this gateway takes
    `connected`, with `relays_modes` also `mode`.
    """

    visitor: str
    gateway: str
    memory: str
    ice: IceRules
    resumed: Resumed | UnsetType = UNSET
    counts_calls: bool = False
    relays_modes: bool = False


MATCHER_AWAY = "matcher_away"
"""The hint of all searches while no matcher answers."""


class Searching(Message, frozen=True, tag="searching"):
    """The search goes on. It is sent when a number, the stage or the hint has changed.

    `waiting` is the number of tickets in the pool, this one included. If at most 64 wait, each change is sent
    within some two seconds; if more do, the number is as of the last change of stage or hint. The search
    widens to the next `stage` in `widens_in` seconds. `hint` says why it takes long: `alone` (nobody else
    waits), `nobody` (no one who waits may be met, whatever the wish), `met` (only people whom the visitor has
    just left), `matcher_away` (nobody is paired at the moment; the search goes on by itself), or a field of
    `find` with the tags that nobody else has: `languages:cy`.
    """

    waiting: int
    stage: int
    widens_in: float | UnsetType = UNSET
    hint: str | UnsetType = UNSET


class Partner(Struct, frozen=True, omit_defaults=True):
    """The partner, as the visitor may know them. Shared interests are spelled as this visitor typed them."""

    languages: list[str]
    shared_interests: list[str]
    country: str | None = None


class Matched(Message, frozen=True, tag="matched"):
    """A stranger is here. The `polite` side yields when both make an offer at once."""

    match: str
    polite: bool
    pass_: str = msgspec.field(name="pass")
    memory: str
    partner: Partner
    ice: Ice


class Memory(Message, frozen=True, tag="memory"):
    """A new memory, which the page keeps for the next gateway instead of the one before.

    It comes after a `block`, whose match is then `blocked`, and while searching before a gateway shuts down.
    """

    memory: str
    blocked: str | UnsetType = UNSET


class FreshPass(Message, frozen=True, tag="pass"):
    """A newer pass of the match, which replaces the earlier one. It proves the last 20 lines of chat.

    It comes only for a match with lines: before `ended`, after the visitor has left by `next`, `find`, `stop`
    or `block`, and before a gateway shuts down. A report with it shows which of its lines were really said.
    """

    match: str
    pass_: str = msgspec.field(name="pass")


class PartnerAway(Message, frozen=True, tag="partner_away"):
    """The partner's socket or gateway is gone. They may come back within `grace` seconds.

    Frames for them are not relayed meanwhile: repeat those after `partner_back`. Media goes on.
    """

    match: str
    grace: float | UnsetType = UNSET


class PartnerBack(Message, frozen=True, tag="partner_back"):
    """The partner is back. If their gateway changed, there is a `pass`, which replaces the earlier one.

    Repeat what they have not acknowledged. It may come without a `partner_away` before it, if they were away
    too briefly for the gateway to notice.
    """

    match: str
    pass_: str | UnsetType = msgspec.field(default=UNSET, name="pass")


class Ended(Message, frozen=True, tag="ended"):
    """The match is over.

    After `next` and `lost` a new search starts by itself, and `searching` follows, unless `find` had `once`.
    """

    match: str
    reason: EndReason


class RewindOffer(Message, frozen=True, tag="rewind_offer"):
    """The last partner asks to meet again."""

    match: str
    expires_in: float


class Error(Message, frozen=True, tag="error"):
    """Something was refused. `code` is stable and for programs; `message` is a sentence for people.

    `id` names the refused line of chat, if it was one. `epoch` comes with the code `stale_epoch`: it is the
    newer epoch with which the visitor is connected elsewhere.
    """

    code: str
    message: str
    retry_after: float | UnsetType = UNSET
    id: str | UnsetType = UNSET
    epoch: int | UnsetType = UNSET


class Banned(Message, frozen=True, tag="banned"):
    """The visitor is banned. `appeal` is a token to appeal with.

    `reason` is what the moderator typed for the visitor. One that comes in several languages is not here, but
    in the answer of `GET /api/appeals`. `evidence` lists the kinds of evidence for the decision:
    `reports` (by people), `flags` (by the check in browsers), `pictures` and `chat`.
    """

    rule: str
    automated: bool
    decision: str
    appeal: str
    until: str | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=1000)] | UnsetType = UNSET
    evidence: list[Evidence] | UnsetType = UNSET


ToBrowser = (
    Welcome | Searching | Matched | Memory | FreshPass | Description | Candidates | Chat | Received | Typing
    | Reveal | WantedMode | PartnerAway | PartnerBack | Ended | RewindOffer | Error | Banned
)  # fmt: skip


class _NewerHello(Struct, frozen=True, tag_field="type", tag="hello"):
    """A `hello` that may hold further fields."""

    token: SealedText
    epoch: Epoch
    version: Version
    memory: MemoryText | UnsetType = UNSET
    pass_: SealedText | UnsetType = msgspec.field(default=UNSET, name="pass")
    locale: Language | UnsetType = UNSET


_decoder: msgspec.json.Decoder[FromBrowser] = msgspec.json.Decoder(FromBrowser)
_newer_hellos = msgspec.json.Decoder(_NewerHello)
_finds = msgspec.json.Decoder(Find)
_encoder = msgspec.json.Encoder()


def parse(frame: bytes) -> FromBrowser:
    """Parse the message in `frame`; raise `ValueError` with a sentence.

    Every string is checked to be UTF-8, so the accepted bytes of a chat may be relayed unchanged.
    """
    try:
        return _decoder.decode(frame)
    except UnicodeDecodeError:
        raise ValueError("the frame is not valid UTF-8") from None
    except msgspec.DecodeError as error:
        raise ValueError(describe(error)) from None
    except RecursionError:
        raise ValueError("the frame is nested too deeply") from None


def parse_hello(frame: bytes) -> FromBrowser:
    """Parse the first frame. A page that is newer than this gateway may use fields that it does not know."""
    try:
        return parse(frame)
    except ValueError:
        newer = _newer_hello(frame)
        if newer is None:
            raise
        return newer


def _newer_hello(frame: bytes) -> Hello | None:
    try:
        newer = _newer_hellos.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if _numbers(newer.version) <= _numbers(VERSION):
        return None
    return Hello(newer.token, newer.epoch, newer.version, newer.memory, newer.pass_, newer.locale)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def decode_find(frame: bytes) -> Find | None:
    """Decode a `find` that a gateway encoded; return None if there is none, or a newer one."""
    try:
        return _finds.decode(frame) if frame else None
    except ValueError:
        return None


def encode(message: ToBrowser | FromBrowser) -> bytes:
    """Encode as one JSON text frame, with `type` first."""
    return _encoder.encode(message)
