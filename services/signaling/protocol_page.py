"""Writes `docs/browser-protocol.md` from `messages.py` and the errors of the contract.

`python -m services.signaling.protocol_page > docs/browser-protocol.md`
"""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import get_args

import msgspec
from msgspec.inspect import Field, IntType, ListType, LiteralType, StrType, StructType, Type, UnionType

from services.contract.errors import CloseCode, ZufallError

from .core import messages
from .protocol_examples import EXAMPLES
from .typescript import literals, type_name

INTRODUCTION = f"""\
# Browser protocol `{messages.SUBPROTOCOL}`

Written by `python -m services.signaling.protocol_page`; change `services/signaling/core/messages.py` instead.

JSON text frames over `GET /ws`, WebSocket subprotocol `{messages.SUBPROTOCOL}`, one object a frame, `"type"`
first, at most {messages.MAX_FRAME_BYTES // 1024} KiB. The `Origin` must be one that the gateway serves,
else the upgrade is answered 403. An unknown type, an unknown field or a value out of bounds closes the socket
with {CloseCode.BAD_FRAME.value}. A frame about a match that is not the sender's current one is dropped,
never relayed. Times are in seconds.

A visit: `POST /api/session` gives a token. The page opens the socket and says `hello` with it, the gateway
answers `welcome`. The page says `find`; `searching` comes when something changed, then `matched`. Now both
sides send `description` and `candidates` until their browsers are connected, and `chat` if they like.
`next` parts them and searches on. Who was left hears `ended` and, after `next` and `lost`, is searched for
again without asking.
"""

HTTP = """\
## HTTP

| endpoint | request | answer |
|---|---|---|
| `GET /` | | the page |
| `GET /api/config` | | `{"name", "logo", "colours", "rules", "links", "advertising", \
"protocol", "limits", "ice_policy", "relay", "curtain", "popular"}` |
| `GET /site/logo` | | the operator's logo; 404 if there is none |
| `GET /api/challenge` | | `{"challenge": "…", "expires_in": 120}` |
| `POST /api/session` | `{"device"?}` | 201 `{"token", "expires_in": 86400, "device"?: {"voucher"}}` |
| `GET /api/standing` | | `{"level": "good"\\|"restricted"\\|"banned"}` |
| `POST /api/appeals` | `{"appeal", "text"}` | 201 `{"state": "open"}`, or the state of an earlier one |
| `GET /api/appeals` | | `{"state", "answer"?, "decided", "appeal_until", "rule", "automated", …}` |
| `POST /api/reports` | `{"pass", "reason", "note"?, "frames"?, "chat"?, "flag"?}` | 201 `{"report": "…"}` |
| `GET /api/status` | | `{"online", "waiting", …, "popular": ["…"]}`, cacheable for ten seconds |

`POST /api/session` with a token that is still good gives a fresh one of the same visitor. With
`{"device": {"key", "challenge", "signature", "voucher"?}}` the token names the browser's device, and only who
proves to hold the same key renews it: anybody else is `proof_refused` (403). A proof is optional, also for a
token that names no device yet. `key` is a public key of P-256, the 65 bytes of WebCrypto's `raw` format;
`signature` is made by ECDSA with SHA-256 over the three lines

    zufall device proof 1
    <challenge>
    <the token of the Authorization header, or nothing>

without a newline at the end, in WebCrypto's form of 64 bytes; both are in base64. A challenge comes from any
gateway and serves once: a used, old or foreign one is `challenge_refused` (403), and the next one may do.
`voucher` is what the last answer said: it is how the same key is known to be an old one. Expect further
fields in the answers.

A banned visitor's
standing has the fields of the message `banned`, too. These, and reports, know the visitor by the header
`Authorization: Bearer <token>`.

An appeal needs no account and no token but the `appeal` of the message `banned`; `GET` takes it as
`Authorization: Bearer <appeal>`. `text` has up to 2,000 characters. `state` is `none`, `open`, `upheld` (the
decision stays) or `overturned` (it is lifted, and `answer` says why). `reason`, `evidence` and `until` are
those of `banned`; a decision that another one replaced has an `until` that is over. Times are ISO 8601 in
UTC. Six months after the decision an appeal is `too_late` (410).

A report is answered once it is stored. It goes with `Authorization: Bearer <token>`, of the visitor whom
the pass names; the same pass again gives the same report. `reason` is one of `nudity`, `minor`,
`harassment`, `hate`, `violence`, `spam`, `self_harm`, `other`. `frames` are base64 JPEG pictures. `chat` is
a list of `{"from": "reporter"|"accused", "text": "…"}`, at most 20. With `"flag": true` not the visitor
says so but the classifier in their browser: of `nudity`, without anything else. A report of their own with
the same pass takes its place.

`popular` holds at most twelve interests that many look for at present, the most wanted first. They are what
visitors typed: show them as text. Where `popular` of `/api/config` is false there are none.

Requests have the content type `application/json`. Errors are `application/problem+json` with a stable
`code` and a sentence in `detail`.
"""


def page() -> str:
    """The whole document, in Markdown."""
    incoming, outgoing = get_args(messages.FromBrowser), get_args(messages.ToBrowser)
    both = [cls for cls in incoming if cls in outgoing]
    parts = [INTRODUCTION, "## Browser → gateway\n"]
    parts += [_message(cls) for cls in incoming if cls not in both]
    parts += ["## Both ways\n\nWhat one visitor says to the other: relayed as the same bytes.\n"]
    parts += [_message(cls) for cls in both]
    parts += ["## Gateway → browser\n"]
    parts += [_message(cls) for cls in outgoing if cls not in both]
    parts += [_close_codes(), _error_codes(), HTTP]
    return "\n".join(parts)


def _message(cls: type) -> str:
    info = msgspec.inspect.type_info(cls)
    (example,) = (example for example in EXAMPLES if type(example) is cls)
    if not isinstance(info, StructType):
        raise TypeError(f"{cls.__name__} is not a struct")
    shown = msgspec.json.format(msgspec.json.encode(example)).decode()
    rows = list(_rows(info.fields, ""))
    table = "\n".join(["| field | type | |", "|---|---|---|", *rows, ""]) if rows else ""
    head = f"### `{info.tag}`\n\n{inspect.cleandoc(cls.__doc__ or '')}\n"
    return "\n".join(part for part in (head, f"```json\n{shown}\n```\n", table) if part)


def _rows(fields: tuple[Field, ...], prefix: str) -> Iterator[str]:
    """A row for each field, those of an inner struct under it with its name before theirs."""
    for field in fields:
        name = f"{prefix}{field.encode_name}{'' if field.required else '?'}"
        shown = _shown(field.type).replace("|", "\\|")
        yield f"| `{name}` | `{shown}` | {_bounds(field.type)} |"
        inner = field.type.item_type if isinstance(field.type, ListType) else field.type
        if isinstance(inner, StructType):
            yield from _rows(
                inner.fields, f"{prefix}{field.encode_name}{'[]' if inner is not field.type else ''}."
            )


def _shown(info: Type) -> str:
    return literals(info.values) if isinstance(info, LiteralType) else type_name(info)


def _bounds(info: Type) -> str:
    match info:
        case StrType():
            pattern = f"`{info.pattern}`".replace("|", "\\|") if info.pattern else ""
            return ", ".join(
                part for part in (_range(info.min_length, info.max_length, "characters"), pattern) if part
            )
        case IntType():
            return _range(info.ge, info.le, "")
        case ListType():
            each = _bounds(info.item_type)
            items = _range(info.min_length, info.max_length, "items")
            return ", ".join(part for part in (items, f"each {each}" if each else "") if part)
        case UnionType():
            return ", ".join(part for part in map(_bounds, info.types) if part)
        case _:
            return ""


def _range(least: int | None, most: int | None, unit: str) -> str:
    if most is None:
        return ""
    return f"{least}–{most} {unit}".strip() if least is not None else f"≤{most} {unit}".strip()


def _close_codes() -> str:
    """The codes with the words that stand beside them in the source."""
    said = re.findall(r"= (\d+)  # (.+)", inspect.getsource(CloseCode))
    if {int(code) for code, _ in said} != {code.value for code in CloseCode}:
        raise ValueError("a close code has no words beside it")
    rows = "\n".join(f"| {code} | {words} |" for code, words in said)
    return f"## Close codes\n\n| code | what to do |\n|---|---|\n{rows}\n"


def _error_codes() -> str:
    ours = [error for error in ZufallError.__subclasses__() if error.__module__ == ZufallError.__module__]
    rows = "\n".join(f"| `{error.code}` | {_summary(error)} |" for error in ours)
    return (
        f"## Error codes\n\nOf `error` frames and of HTTP answers.\n\n| code | meaning |\n|---|---|\n{rows}\n"
    )


def _summary(error: type[ZufallError]) -> str:
    return inspect.cleandoc(error.__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    sys.stdout.write(page())
