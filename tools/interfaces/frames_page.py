"""The reference page of the browser protocol, from the messages and the errors of the contract."""

import inspect
import re
from typing import get_args

import msgspec
from msgspec.inspect import StructType

from services.contract.errors import CloseCode, ZufallError
from services.runtime.http_responses import MEANINGS
from services.signaling.core import messages

from .fields import field_rows
from .frame_examples import EXAMPLES

BOTH_WAYS = """\
## Both ways

One visitor sends these to the other. The gateway relays the same bytes. Only `description` and `candidates`
are written anew, from what the gateway has parsed.
"""

INTRODUCTION = f"""\
# Browser protocol `{messages.SUBPROTOCOL}`

Written by `make generate` from services/signaling/core/messages.py: change that file instead.

Frames are JSON text over `GET /ws` with the WebSocket subprotocol `{messages.SUBPROTOCOL}`. A frame is one
object with `"type"` first and has at most {messages.MAX_FRAME_BYTES // 1024} KiB. The gateway answers 403
unless the `Origin` is one that it serves. An unknown type, an unknown field or a value out of bounds closes
the socket with {CloseCode.BAD_FRAME.value}. A frame about a match that is not the sender's current one is
dropped and never relayed. Times are in seconds.

A visit goes like this. `POST /api/session` ([HTTP API](http-api.md)) gives a token. The page opens the
socket and sends `hello` with the token, and the gateway answers `welcome`. The page sends `find`. It gets
`searching` whenever something changes, and then `matched`. Now both sides send `description` and
`candidates` until their browsers are connected, and `chat` if they like. `next` parts them and searches
again. The partner gets `ended` and, after `next` and `lost`, searches again without asking, unless its
`find` had `once`.

[bench/client](../bench/client/README.md) is a client for this protocol, with a bot as an example.
"""


def page() -> str:
    """Return the page in Markdown."""
    incoming, outgoing = get_args(messages.FromBrowser), get_args(messages.ToBrowser)
    both = [cls for cls in incoming if cls in outgoing]
    parts = [INTRODUCTION, "## Browser → gateway\n"]
    parts += [_message(cls) for cls in incoming if cls not in both]
    parts += [BOTH_WAYS]
    parts += [_message(cls) for cls in both]
    parts += ["## Gateway → browser\n"]
    parts += [_message(cls) for cls in outgoing if cls not in both]
    parts += [_close_codes(), _error_codes()]
    return "\n".join(parts)


def _message(cls: type) -> str:
    info = msgspec.inspect.type_info(cls)
    (example,) = (example for example in EXAMPLES if type(example) is cls)
    if not isinstance(info, StructType):
        raise TypeError(f"{cls.__name__} is not a struct")
    shown = msgspec.json.format(msgspec.json.encode(example)).decode()
    rows = list(field_rows(info.fields, nested=True))
    table = "\n".join(["| field | type | |", "|---|---|---|", *rows, ""]) if rows else ""
    head = f"### `{info.tag}`\n\n{inspect.cleandoc(cls.__doc__ or '')}\n"
    return "\n".join(part for part in (head, f"```json\n{shown}\n```\n", table) if part)


def _close_codes() -> str:
    """Return the table of close codes with the comments beside them in the source."""
    said = re.findall(r"= (\d+)  # (.+)", inspect.getsource(CloseCode))
    if {int(code) for code, _ in said} != {code.value for code in CloseCode}:
        raise ValueError("a close code has no words beside it")
    rows = "\n".join(f"| {code} | {words} |" for code, words in said)
    rest = (
        "A client that breaks RFC 6455 itself gets its codes: 1002 for a frame that is not allowed,\n"
        "and 1007 for a text that is not UTF-8. It may come back."
    )
    return f"## Close codes\n\n| code | what to do |\n|---|---|\n{rows}\n\n{rest}\n"


def _error_codes() -> str:
    ours = [error for error in ZufallError.__subclasses__() if error.__module__ == ZufallError.__module__]
    rows = "\n".join(f"| `{error.code}` | {_summary(error)} |" for error in ours)
    introduction = "They appear in `error` frames and in HTTP responses. The last ones are of HTTP only."
    of_http = "\n".join(f"| `{code}` | {meaning} |" for code, meaning in MEANINGS.items())
    return f"## Error codes\n\n{introduction}\n\n| code | meaning |\n|---|---|\n{rows}\n{of_http}\n"


def _summary(error: type[ZufallError]) -> str:
    return inspect.cleandoc(error.__doc__ or "").splitlines()[0]
