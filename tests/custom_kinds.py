"""Checks objects of kinds that other projects define against `custom_kinds.yaml`."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from .manifests import Object

KINDS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())


def problems(one: Object) -> Iterator[str]:
    """Yield what is wrong with an object of a kind in `KINDS`, one line each."""
    kind = KINDS[one["kind"]]
    if one["apiVersion"] != kind["apiVersion"]:
        yield f"apiVersion: {one['apiVersion']} is not {kind['apiVersion']}"
    if unknown := one.keys() - {"apiVersion", "kind", "metadata", "spec"}:
        yield f"unknown: {sorted(unknown)}"
    for error in _validator(one["kind"]).iter_errors(one["spec"]):
        yield f"{error.json_path}: {error.message}"


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(KINDS[kind]["spec"]))


def _closed(schema: Any) -> Any:
    """Return a schema in which `properties` are all that an object takes, and `items` are those of a list."""
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if "properties" in schema:
        named = {name: _closed(value) for name, value in schema["properties"].items()}
        return {"type": "object", **closed, "properties": named, "additionalProperties": False}
    return {"type": "array", **closed} if "items" in schema else closed
