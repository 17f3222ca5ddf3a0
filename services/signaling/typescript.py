"""Writes `web/src/messages.generated.ts` from `messages.py`: every frame, both directions, and its bounds.

`python -m services.signaling.typescript > web/src/messages.generated.ts`
"""

import inspect
import json
import sys
from collections.abc import Iterable
from typing import Any, get_args

import msgspec
from msgspec.inspect import Field, ListType, LiteralType, NoneType, StructType, Type, UnionType

from .core import messages

HEADER = (
    "// Written by `python -m services.signaling.typescript`; "
    "change services/signaling/core/messages.py instead."
)
SCALARS = {"StrType": "string", "IntType": "number", "FloatType": "number", "BoolType": "boolean"}
ALIASES = {
    frozenset(get_args(getattr(messages, name))): name
    for name in ("Mode", "EndReason", "Evidence", "IcePolicy")
}


def module() -> str:
    """The whole TypeScript module."""
    incoming, outgoing = get_args(messages.FromBrowser), get_args(messages.ToBrowser)
    both = [cls for cls in incoming if cls in outgoing]
    top = list(dict.fromkeys([*both, *incoming, *outgoing]))
    structs = {
        info.cls: info for info in msgspec.inspect.multi_type_info(top) if isinstance(info, StructType)
    }
    parts = [HEADER, _constants()]
    parts += [f"export type {name} = {literals(values)};" for values, name in ALIASES.items()]
    parts += [_interface(info) for info in _nested(structs.values())]
    parts += [_interface(structs[cls]) for cls in top]
    parts += [_union("FromBrowser", incoming), _union("ToBrowser", outgoing)]
    parts += [_union("ToPartner", get_args(messages.ToPartner)), _maxima(structs[cls] for cls in incoming)]
    return "\n\n".join(parts) + "\n"


def _constants() -> str:
    return (
        f"export const SUBPROTOCOL = {json.dumps(messages.SUBPROTOCOL)};\n"
        f"export const MAX_FRAME_BYTES = {messages.MAX_FRAME_BYTES};"
    )


def _nested(structs: Iterable[StructType]) -> list[StructType]:
    """The types inside the frames, each once, in the order in which they are first used."""
    found: dict[type, StructType] = {}
    for struct in structs:
        for field in struct.fields:
            for info in _parts(field.type):
                if isinstance(info, StructType):
                    found |= {inner.cls: inner for inner in [*_nested([info]), info]}
    return list(found.values())


def _parts(info: Type) -> list[Type]:
    if isinstance(info, ListType):
        return _parts(info.item_type)
    if isinstance(info, UnionType):
        return [part for member in info.types for part in _parts(member)]
    return [info]


def _interface(struct: StructType) -> str:
    name, promise = struct.cls.__name__, inspect.cleandoc(struct.cls.__doc__ or "")
    tag = [] if struct.tag is None else [f"  type: {json.dumps(struct.tag)};"]
    fields = [_field(field) for field in struct.fields]
    return "\n".join([f"/** {promise} */", f"export interface {name} {{", *tag, *fields, "}"])


def _field(field: Field) -> str:
    return f"  {field.encode_name}{'' if field.required else '?'}: {type_name(field.type)};"


def type_name(info: Type) -> str:
    """How TypeScript writes this type."""
    match info:
        case StructType():
            return info.cls.__name__
        case ListType():
            return f"{type_name(info.item_type)}[]"
        case LiteralType():
            return ALIASES.get(frozenset(info.values)) or literals(info.values)
        case UnionType():
            return " | ".join(type_name(member) for member in info.types)
        case NoneType():
            return "null"
        case _:
            return SCALARS[type(info).__name__]


def literals(values: Iterable[Any]) -> str:
    """A union of these values, in one order whatever order they come in."""
    return " | ".join(json.dumps(value) for value in sorted(values))


def _union(name: str, classes: Iterable[type]) -> str:
    return f"export type {name} =\n" + "\n".join(f"  | {cls.__name__}" for cls in classes) + ";"


def _maxima(structs: Iterable[StructType]) -> str:
    lines = ["/** The most a frame from a browser may hold: characters of a string, items of a list. */"]
    lines.append("export const MAX = {")
    for struct in structs:
        bounds = [f"{name}: {limit}" for field in struct.fields for name, limit in _limits(field)]
        if bounds:
            lines.append(f"  {struct.tag}: {{ {', '.join(bounds)} }},")
    return "\n".join([*lines, "} as const;"])


def _limits(field: Field) -> list[tuple[str, int]]:
    """The bound of a field and, of a list, the bound of one item (`interests_item`)."""
    found = [(field.encode_name, getattr(field.type, "max_length", None))]
    if isinstance(field.type, ListType):
        found.append((f"{field.encode_name}_item", getattr(field.type.item_type, "max_length", None)))
    return [(name, limit) for name, limit in found if limit is not None]


if __name__ == "__main__":
    sys.stdout.write(module())
