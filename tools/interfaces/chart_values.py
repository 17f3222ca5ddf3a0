"""The values of the chart stand in its schema. This writes values.yaml from it, and a table for operators."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

SCHEMA = Path(__file__).parents[2] / "k8s" / "chart" / "values.schema.json"

_YAML = "# Written by `make generate` from values.schema.json: change that file instead.\n"

_PAGE = """\
# The values of the chart

Written by `make generate` from k8s/chart/values.schema.json: change that file instead.

Helm refuses a value that is not in this list, or that has another form.

| value | default | meaning |
|---|---|---|
"""

_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


class ValueSchema(msgspec.Struct):
    """What is read of the schema of a value, or of a group of values, which has `properties`."""

    description: str = ""
    default: Any = None
    properties: Mapping[str, "ValueSchema"] = {}


def values() -> Mapping[str, ValueSchema]:
    """Return the values and groups of the chart by their names."""
    return msgspec.json.decode(SCHEMA.read_bytes(), type=ValueSchema).properties


def leaves(schemas: Mapping[str, ValueSchema], prefix: str = "") -> Iterator[tuple[str, ValueSchema]]:
    """Yield each value with its name, such as `image.tag`, in the order of the schema."""
    for name, schema in schemas.items():
        if schema.properties:
            yield from leaves(schema.properties, f"{prefix}{name}.")
        else:
            yield prefix + name, schema


def values_file() -> str:
    """Return values.yaml, with the defaults of all values and a comment for each."""
    return _YAML + "".join(f"\n{_block(name, schema)}" for name, schema in values().items())


def _block(name: str, schema: ValueSchema) -> str:
    sentence = _LINK.sub(r"\1 (docs/\2)", schema.description)
    comment = textwrap.fill(sentence, 100, initial_indent="# ", subsequent_indent="# ") + "\n"
    if not schema.properties:
        return comment + yaml.safe_dump({name: schema.default}, sort_keys=False, width=200)
    inside = "".join(_block(*item) for item in schema.properties.items())
    return f"{comment}{name}:\n{textwrap.indent(inside, '  ')}"


def page() -> str:
    """Return the table of docs/kubernetes-values.md."""
    return _PAGE + "".join(_row(name, schema) for name, schema in leaves(values()))


def _row(name: str, schema: ValueSchema) -> str:
    text = yaml.safe_dump(schema.default, default_flow_style=True, width=1000, sort_keys=False)
    default = text.removesuffix("...\n").strip()
    shown = f"`{default}`" if schema.default != "" else ""
    return f"| `{name}` | {shown} | {schema.description} |\n"
