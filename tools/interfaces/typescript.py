"""TypeScript modules: msgspec structs as interfaces, with their docstrings and the bounds of their fields."""

import inspect
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.inspect import (
    AnyType,
    BytesType,
    CollectionType,
    DictType,
    Field,
    LiteralType,
    Metadata,
    NoneType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
)

Aliases = Mapping[frozenset[str], str]
"""TypeScript's name for a set of literals."""

_SCALARS = {"StrType": "string", "IntType": "number", "FloatType": "number", "BoolType": "boolean"}


class Module:
    """A TypeScript module under construction."""

    def __init__(self, source: str, suffix: str = "") -> None:
        """`source` is the Python file to change instead. `suffix` is left out of the names of interfaces."""
        self._parts = [f"// Written by `make generate` from {source}: change that file instead."]
        self._suffix = suffix
        self._aliases: dict[frozenset[str], str] = {}

    def text(self) -> str:
        """Return the whole module."""
        return "\n\n".join(self._parts) + "\n"

    def constants(self, values: Mapping[str, Any]) -> None:
        """Add constants."""
        lines = (f"export const {name} = {json.dumps(value)};" for name, value in values.items())
        self._parts.append("\n".join(lines))

    def imports(self, names: Mapping[str, Iterable[str]], path: str) -> None:
        """Add an import of unions of literals that another module exports."""
        self._aliases |= {frozenset(values): name for name, values in names.items()}
        self._parts.append(f"import type {{ {', '.join(names)} }} from {json.dumps(path)};")

    def literal_union(self, name: str, values: Iterable[str]) -> None:
        """Add a union of literals."""
        self._aliases[frozenset(values)] = name
        self._parts.append(f"export type {name} = {literals(values)};")

    def literal_list(self, constant: str, name: str, values: Sequence[str]) -> None:
        """Add a constant list of literals, and their union."""
        self._aliases[frozenset(values)] = name
        listed = ", ".join(map(json.dumps, values))
        self._parts.append(
            f"export const {constant} = [{listed}] as const;\n"
            f"export type {name} = (typeof {constant})[number];"
        )

    def structs(self, kinds: Sequence[type]) -> Mapping[type, StructType]:
        """Add an interface for each struct, after those for the structs inside. Return their descriptions."""
        described = msgspec.inspect.multi_type_info(kinds)
        infos = {info.cls: info for info in described if isinstance(info, StructType)}
        inner = [info for info in _nested(infos.values()) if info.cls not in infos]
        self._parts += [self._interface(info) for info in (*inner, *infos.values())]
        return infos

    def union(self, name: str, kinds: Iterable[type]) -> None:
        """Add a union of interfaces."""
        members = "\n".join(f"  | {kind.__name__}" for kind in kinds)
        self._parts.append(f"export type {name} =\n{members};")

    def bounds(self, structs: Iterable[StructType]) -> None:
        """Add `MAX`: the most characters of a string and items of a list, by the tag of the struct."""
        lines = ["/** The most a frame from a browser may hold: characters of a string, items of a list. */"]
        lines.append("export const MAX = {")
        for struct in structs:
            limits = [f"{name}: {limit}" for field in struct.fields for name, limit in _limits(field)]
            if limits:
                lines.append(f"  {struct.tag}: {{ {', '.join(limits)} }},")
        self._parts.append("\n".join([*lines, "} as const;"]))

    def _interface(self, struct: StructType) -> str:
        tag = [] if struct.tag is None else [f"  type: {json.dumps(struct.tag)};"]
        fields = [
            f"  {field.encode_name}{'' if field.required else '?'}: {self._name(field.type)};"
            for field in struct.fields
        ]
        promise = inspect.cleandoc(struct.cls.__doc__ or "")
        comment = [f"/** {promise} */"] if promise else []
        return "\n".join([*comment, f"export interface {self._name(struct)} {{", *tag, *fields, "}"])

    def _name(self, info: Type) -> str:
        return type_name(info, self._aliases, self._suffix)


def type_name(info: Type, aliases: Aliases | None = None, suffix: str = "") -> str:
    """Return the name of a type in TypeScript. Bytes are strings in base64."""

    def name(inner: Type) -> str:
        return type_name(inner, aliases, suffix)

    match info:
        case Metadata(extra_json_schema={"enum": values}):
            return (aliases or {}).get(frozenset(values)) or literals(values)
        case Metadata():
            return name(info.type)
        case StructType():
            return info.cls.__name__.removesuffix(suffix)
        case CollectionType(item_type=item) | VarTupleType(item_type=item):
            return f"({name(item)})[]" if " | " in name(item) else f"{name(item)}[]"
        case DictType():
            return f"Record<{name(info.key_type)}, {name(info.value_type)}>"
        case LiteralType():
            return (aliases or {}).get(frozenset(map(str, info.values))) or literals(info.values)
        case UnionType():
            return " | ".join(map(name, info.types))
        case NoneType():
            return "null"
        case AnyType():
            return "unknown"
        case BytesType():
            return "string"
        case _:
            return _SCALARS[type(info).__name__]


def literals(values: Iterable[Any]) -> str:
    """Return a union of these values, in one order whatever order they come in."""
    return " | ".join(json.dumps(value) for value in sorted(values))


def parts(info: Type) -> list[Type]:
    """Return the types inside lists, maps and unions, or the type itself."""
    match info:
        case Metadata():
            return parts(info.type)
        case CollectionType(item_type=item) | VarTupleType(item_type=item):
            return parts(item)
        case DictType():
            return parts(info.value_type)
        case UnionType():
            return [part for member in info.types for part in parts(member)]
        case _:
            return [info]


def _nested(structs: Iterable[StructType]) -> list[StructType]:
    """Return the structs inside, each once, in the order in which they are first used."""
    found: dict[type, StructType] = {}
    for struct in structs:
        for field in struct.fields:
            for info in parts(field.type):
                if isinstance(info, StructType):
                    found |= {inner.cls: inner for inner in [*_nested([info]), info]}
    return list(found.values())


def _limits(field: Field) -> list[tuple[str, int]]:
    """Return the bound of a field and, for a list, the bound of one item (`interests_item`)."""
    found = [(field.encode_name, getattr(field.type, "max_length", None))]
    if isinstance(field.type, CollectionType):
        found.append((f"{field.encode_name}_item", getattr(field.type.item_type, "max_length", None)))
    return [(name, limit) for name, limit in found if limit is not None]
