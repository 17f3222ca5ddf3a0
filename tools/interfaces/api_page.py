"""The reference page of an HTTP API, from its endpoints and types."""

import inspect
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.inspect import StructType

from services.contract.errors import ZufallError
from services.runtime.endpoint import Endpoint

from .fields import field_rows
from .typescript import parts


def page(
    introduction: str,
    endpoints: Sequence[Endpoint],
    statuses: Mapping[type[ZufallError], int],
    access: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """Return the page in Markdown. `access` says for each endpoint who may call it."""
    sections = [_endpoint(endpoint, statuses, (access or {}).get(endpoint.key, "")) for endpoint in endpoints]
    types = [_type(kind) for kind in _all_structs(endpoints)]
    return "\n".join([introduction, *sections, "## Types\n", *types])


def _endpoint(endpoint: Endpoint, statuses: Mapping[type[ZufallError], int], access: str) -> str:
    lines = [f"### `{endpoint.method} {endpoint.path}`\n", f"{endpoint.summary}\n"]
    if access:
        lines.append(f"Who may call it: {access}.\n")
    if endpoint.bearer:
        lines.append(f"`Authorization: Bearer …` holds {endpoint.bearer}.\n")
    lines += [f"- `{parameter.name}` in the query: {parameter.summary}" for parameter in endpoint.query]
    if endpoint.request:
        lines.append(f"- request: {_link(endpoint.request)}")
    body = _link(endpoint.response) if endpoint.response else _other_body(endpoint)
    lines.append(f"- response {endpoint.status}: {body}")
    codes = [f"`{error.code}` ({statuses[error]})" for error in endpoint.errors]
    lines.append(f"- errors: {', '.join(codes)}\n" if codes else "")
    if endpoint.notes:
        lines.append(f"{endpoint.notes}\n")
    return "\n".join(lines)


def _other_body(endpoint: Endpoint) -> str:
    return "no body" if endpoint.status in (204, 302) else f"`{endpoint.media_type}`"


def _link(kind: type) -> str:
    return f"[`{kind.__name__}`](#{kind.__name__.lower()})"


def _type(struct: StructType) -> str:
    promise = inspect.cleandoc(struct.cls.__doc__ or "")
    table = "\n".join(["| field | type | |", "|---|---|---|", *field_rows(struct.fields), ""])
    return f"### {struct.cls.__name__}\n\n{promise}\n\n{table}"


def _all_structs(endpoints: Sequence[Endpoint]) -> Iterator[StructType]:
    """Yield the types of requests and responses, and the types inside them, each once."""
    kinds = [kind for endpoint in endpoints for kind in (endpoint.request, endpoint.response) if kind]
    waiting = list(msgspec.inspect.multi_type_info(dict.fromkeys(kinds)))
    seen: set[type] = set()
    while waiting:
        info = waiting.pop(0)
        if isinstance(info, StructType) and info.cls not in seen:
            seen.add(info.cls)
            yield info
            waiting += [part for field in info.fields for part in parts(field.type)]
