"""Rows of a table of fields in Markdown: name, type and bounds."""

from collections.abc import Iterator, Sequence

from msgspec.inspect import (
    CollectionType,
    Field,
    IntType,
    LiteralType,
    Metadata,
    StrType,
    StructType,
    Type,
    UnionType,
)

from .typescript import literals, type_name


def field_rows(fields: Sequence[Field], *, nested: bool = False, prefix: str = "") -> Iterator[str]:
    """Yield a row for each field. With `nested`, the fields of an inner struct follow it."""
    for field in fields:
        name = f"{prefix}{field.encode_name}{'' if field.required else '?'}"
        shown = _shown(field.type).replace("|", "\\|")
        yield f"| `{name}` | `{shown}` | {_bounds(field.type)} |"
        inner = field.type.item_type if isinstance(field.type, CollectionType) else field.type
        if nested and isinstance(inner, StructType):
            mark = "" if inner is field.type else "[]"
            yield from field_rows(inner.fields, nested=True, prefix=f"{prefix}{field.encode_name}{mark}.")


def _shown(info: Type) -> str:
    return literals(info.values) if isinstance(info, LiteralType) else type_name(info)


def _bounds(info: Type) -> str:
    match info:
        case Metadata():
            return _bounds(info.type)
        case StrType():
            pattern = f"`{info.pattern}`".replace("|", "\\|") if info.pattern else ""
            length = _range(info.min_length, info.max_length, "characters")
            return ", ".join(filter(None, (length, pattern)))
        case IntType():
            return _range(info.ge, info.le, "")
        case CollectionType():
            each = _bounds(info.item_type)
            items = _range(info.min_length, info.max_length, "items")
            return ", ".join(filter(None, (items, f"each {each}" if each else "")))
        case UnionType():
            return ", ".join(filter(None, map(_bounds, info.types)))
        case _:
            return ""


def _range(least: int | None, most: int | None, unit: str) -> str:
    if most is None:
        return ""
    return f"{least}–{most} {unit}".strip() if least is not None else f"≤{most} {unit}".strip()
