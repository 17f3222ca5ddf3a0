"""An endpoint of an HTTP API as data. Routes, the OpenAPI document and the reference pages come from it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from services.contract.errors import TooFast, ZufallError

JSON = "application/json"
PROBLEM = "application/problem+json"


class Problem(Struct, frozen=True):
    """An error (RFC 9457). `code` is stable and meant for programs; `detail` is a sentence for people."""

    type: str
    status: int
    code: str
    detail: str


class Parameter(Struct, frozen=True):
    """A parameter of the query."""

    name: str
    summary: str
    type: Literal["string", "integer"] = "string"


class Endpoint(Struct, frozen=True, kw_only=True):
    """One method of one path. Types are msgspec structs; None is no body, or one that is not JSON."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    summary: str
    request: type | None = None
    response: type | None = None
    media_type: str = JSON
    status: int = 200
    errors: Sequence[type[ZufallError]] = ()
    bearer: str = ""
    """Names what the header `Authorization: Bearer …` must hold. Empty if the endpoint needs none."""
    query: Sequence[Parameter] = ()
    notes: str = ""
    """Tells the caller, in Markdown, what the types do not show."""

    @property
    def key(self) -> tuple[str, str]:
        """The method and the path, which no other endpoint of the API shares."""
        return self.method, self.path

    @property
    def path_parameters(self) -> Iterator[str]:
        """Yield the names in braces."""
        return (part[1:-1] for part in self.path.split("/") if part.startswith("{"))


def openapi(
    title: str, version: str, endpoints: Sequence[Endpoint], statuses: Mapping[type[ZufallError], int]
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the endpoints. `statuses` maps errors to their HTTP status."""
    kinds = [kind for each in endpoints for kind in (each.request, each.response) if kind]
    schemas, components = msgspec.json.schema_components(
        [*dict.fromkeys(kinds), Problem], ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip([*dict.fromkeys(kinds), Problem], schemas, strict=True))
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, schema_of, {**statuses, TooFast: 429})
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    endpoint: Endpoint, schema_of: Mapping[type, Any], statuses: Mapping[type[ZufallError], int]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "responses": {str(endpoint.status): _success(endpoint, schema_of)},
        "parameters": [
            *(_parameter("path", name, "", "string") for name in endpoint.path_parameters),
            *(_parameter("query", each.name, each.summary, each.type) for each in endpoint.query),
        ],
    }
    for status, codes in sorted(_codes(endpoint, statuses).items()):
        content = {PROBLEM: {"schema": schema_of[Problem]}}
        operation["responses"][str(status)] = {"description": ", ".join(codes), "content": content}
    if endpoint.request:
        content = {JSON: {"schema": schema_of[endpoint.request]}}
        operation["requestBody"] = {"required": True, "content": content}
    if endpoint.notes:
        operation["description"] = endpoint.notes
    if endpoint.bearer:
        operation["security"] = [{"bearer": []}]
    return operation


def _success(endpoint: Endpoint, schema_of: Mapping[type, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": endpoint.summary}
    if endpoint.response:
        success["content"] = {endpoint.media_type: {"schema": schema_of[endpoint.response]}}
    elif endpoint.media_type != JSON:
        success["content"] = {endpoint.media_type: {}}
    return success


def _codes(endpoint: Endpoint, statuses: Mapping[type[ZufallError], int]) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    errors: list[type[ZufallError]] = [*endpoint.errors, TooFast]
    for error in errors:
        codes.setdefault(statuses[error], []).append(error.code)
    if endpoint.request:
        codes[413] = ["too_large"]
    return codes


def _parameter(where: str, name: str, summary: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": summary,
        "schema": {"type": kind},
    }
